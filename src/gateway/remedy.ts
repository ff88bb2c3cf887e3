// What a refusal of an upstream teaches: some can be met by asking again in another way, at the same target.

import type { GatewayError } from '../errors.ts'
import type { FieldEdits, JsonObject } from '../formats/format.ts'
import { BoundedMap } from '../lib/bounded-map.ts'

/** How a request has to be changed so that its target takes it. */
export interface Remedy {
  /** Top-level fields, as the upstream names them, that are left out. */
  readonly without: readonly string[]
  /** Thoughts in the history are left out: the target does not accept their signatures. */
  readonly withoutReasoning: boolean
}

export const noRemedy: Remedy = { without: [], withoutReasoning: false }

/** Fields that a model may lack and whose loss does not change what is asked. */
const harmless: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'seed',
  'user',
  'metadata',
  'store',
  'service_tier',
  'parallel_tool_calls',
  'reasoning_effort',
  'verbosity',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'stream_options',
  'prediction',
])

const namedFields = [
  /unsupported (?:parameter|value)[^'"`]{0,20}['"`](\w+)['"`]/i,
  /['"`](\w+)['"`] (?:is deprecated|is not supported|does not support|may not be)/i,
  /^(\w+): extra inputs are not permitted/i,
  /(?:unknown|unrecognized|unexpected)[\w ]{0,30}(?:parameter|argument|name|field|supplied)s?:? ['"`]?(\w+)/i,
] as const

const refusedThought =
  /invalid.{0,40}signature|thought.?signature|signature.{0,40}(?:invalid|not valid)|expected .{0,3}thinking.{0,3} or .{0,3}redacted_thinking|encrypted content.{0,60}(?:could not be|verif|decrypt)/i

/** The remedy after one more refusal; null where none is known, or where it was tried already. */
export function findRemedy(failure: GatewayError, tried: Remedy): Remedy | null {
  if (failure.code !== 'upstream_invalid_request') return null
  if (refusedThought.test(failure.message))
    return tried.withoutReasoning ? null : { ...tried, withoutReasoning: true }
  const field = refusedField(failure)
  return field === null || tried.without.includes(field)
    ? null
    : { ...tried, without: [...tried.without, field] }
}

function refusedField({ message, param, upstreamCode }: GatewayError): string | null {
  const saysUnsupported = /unsupported|not.supported|deprecated|not.permitted|unknown|unrecognized/i
  if (param !== null && harmless.has(param) && saysUnsupported.test(`${message} ${upstreamCode ?? ''}`))
    return param
  for (const pattern of namedFields) {
    const [, field] = pattern.exec(message) ?? []
    if (field !== undefined && harmless.has(field)) return field
  }
  return null
}

/** The edits that take the fields out of a body; what is taken out is told in the warnings. */
export function remedyEdits({ without }: Remedy, body: JsonObject, warnings: string[]): FieldEdits {
  const edits: Record<string, null> = {}
  for (const field of without) {
    if (!(field in body)) continue
    edits[field] = null
    warnings.push(`dropped parameter ${field}`)
  }
  return edits
}

/** What was learnt of targets, so that the next request is right at once. */
export interface Lessons {
  of(targetId: string): Remedy
  /** Keeps that the target lacks the fields. That it refused thoughts is a matter of one conversation. */
  learn(targetId: string, remedy: Remedy): void
}

/** Models change: what was learnt is asked again after this long. */
const lessonMs = 3_600_000
const maxTargets = 10_000

export function createLessons(now: () => number): Lessons {
  const learnt = new BoundedMap<{ readonly without: readonly string[]; readonly until: number }>(
    maxTargets,
    maxTargets,
  )
  return {
    of(targetId) {
      const lesson = learnt.peek(targetId)
      return lesson === undefined || lesson.until < now()
        ? noRemedy
        : { ...noRemedy, without: lesson.without }
    },
    learn(targetId, { without }) {
      if (without.length > 0) learnt.set(targetId, { without, until: now() + lessonMs }, 1)
    },
  }
}
