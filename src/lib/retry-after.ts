// How long an upstream asks to be left alone, from the headers that the vendors use.

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Milliseconds to wait, or null where nothing is said. `retry-after-ms` and `retry-after` (seconds or a date) win;
 * the reset headers of rate limits (`1s`, `6m0s`, `120ms`, plain seconds) are read only where a limit is used up.
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
  for (const kind of ['requests', 'tokens']) {
    if (single(headers, `x-ratelimit-remaining-${kind}`) !== '0') continue
    const reset = readDuration(single(headers, `x-ratelimit-reset-${kind}`))
    if (reset !== null) wait = Math.max(wait ?? 0, reset)
  }
  return wait
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
