// How long an upstream asks to be left alone, from the headers that the vendors use.

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Where a limit is told, by what is left of it and when that is refilled. Sources:
 * - OpenAI, Azure, Groq, Fireworks: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * - Cerebras, with the window in the name: https://inference-docs.cerebras.ai/support/rate-limits
 * - Anthropic: https://platform.claude.com/docs/en/api/rate-limits#response-headers
 * - OpenRouter, Together, GitHub: `x-ratelimit-reset` alone; Mistral and others by the draft of the IETF:
 *   https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
const limits: readonly { readonly left: string; readonly reset: string }[] = [
  ...['', '-requests', '-tokens', '-requests-minute', '-requests-day', '-tokens-minute', '-tokens-day'].map(
    kind => ({ left: `x-ratelimit-remaining${kind}`, reset: `x-ratelimit-reset${kind}` }),
  ),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(kind => ({
    left: `anthropic-ratelimit-${kind}-remaining`,
    reset: `anthropic-ratelimit-${kind}-reset`,
  })),
  { left: 'ratelimit-remaining', reset: 'ratelimit-reset' },
]

/**
 * Milliseconds to wait, or null where nothing is said. `retry-after-ms` and `retry-after` (seconds or a date) win;
 * the reset headers of rate limits are read only where a limit is used up, and then the longest counts.
 * @param wall milliseconds since the epoch
 */
export function readRetryAfter(headers: Headers, wall: number): number | null {
  const exact = Number(single(headers, 'retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(exact) && exact >= 0) return exact
  const stated = single(headers, 'retry-after')
  if (stated !== null) {
    const seconds = Number(stated)
    if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000
    const date = Date.parse(stated)
    if (Number.isFinite(date)) return Math.max(0, date - wall)
  }
  let wait: number | null = null
  for (const { left, reset } of limits) {
    if (single(headers, left) !== '0') continue
    const resetMs = readReset(single(headers, reset), wall)
    if (resetMs !== null) wait = Math.max(wait ?? 0, resetMs)
  }
  return wait
}

/** Numbers beyond these are no times to wait, but points in time: in seconds, and in milliseconds, since the epoch. */
const firstEpochSecond = 1e9
const firstEpochMillisecond = 1e12

/** A duration, or the time at which the limit is refilled. */
function readReset(text: string | null, wall: number): number | null {
  if (text !== null && /^\d{4}-\d\d-\d\dT/.test(text)) {
    const date = Date.parse(text)
    return Number.isFinite(date) ? Math.max(0, date - wall) : null
  }
  const duration = readDuration(text)
  if (duration === null || duration < firstEpochSecond * 1000) return duration
  const epoch = duration / 1000
  return Math.max(0, (epoch < firstEpochMillisecond ? epoch * 1000 : epoch) - wall)
}

/** `1h2m3.5s`, `120ms`, `20` (seconds) as milliseconds. */
function readDuration(text: string | null): number | null {
  if (text === null || text.length > 32) return null
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const match = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(text)
  if (match === null || text === '') return null
  const [hours, minutes, seconds, milliseconds] = match.slice(1).map(part => Number(part ?? 0))
  return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + (milliseconds ?? 0)
}

function single(headers: Headers, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value.trim() : (value?.[0]?.trim() ?? null)
}
