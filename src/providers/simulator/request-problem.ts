// A request that the simulator refuses, in the words and the shape of OpenAI's API; and the checks that find it.

export type Json = Readonly<Record<string, unknown>>

export interface ProblemDetails {
  readonly param?: string
  readonly status?: number
  readonly type?: string
  readonly code?: string
}

export class RequestProblem extends Error {
  readonly status: number
  readonly body: Json

  constructor(message: string, details: ProblemDetails = {}) {
    super(message)
    this.name = 'RequestProblem'
    this.status = details.status ?? 400
    this.body = {
      error: {
        message,
        type: details.type ?? 'invalid_request_error',
        param: details.param ?? null,
        code: details.code ?? null,
      },
    }
  }
}

/** An object, and not an array or null. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface NumberRange {
  readonly minimum: number
  readonly maximum: number
  readonly integer?: boolean
}

/** The number in a field, or null where it is absent or null. */
export function readNumber(body: Json, param: string, range: NumberRange): number | null {
  const value = body[param] ?? null
  if (value === null) return null
  const kind = range.integer ? 'integer' : 'number'
  if (typeof value !== 'number' || (range.integer && !Number.isInteger(value)))
    throw new RequestProblem(`Invalid type for '${param}': expected ${range.integer ? 'an' : 'a'} ${kind}.`, {
      param,
      code: 'invalid_type',
    })
  if (value < range.minimum)
    throw new RequestProblem(
      `Invalid '${param}': ${kind} below minimum value. Expected a value >= ${range.minimum}, but got ${value} instead.`,
      { param, code: `${kind}_below_min_value` },
    )
  if (value > range.maximum)
    throw new RequestProblem(
      `Invalid '${param}': ${kind} above maximum value. Expected a value <= ${range.maximum}, but got ${value} instead.`,
      { param, code: `${kind}_above_max_value` },
    )
  return value
}

/** The object in a field, or null where it is absent or null. */
export function readObject(body: Json, param: string): Json | null {
  const value = body[param] ?? null
  if (value === null) return null
  if (!isObject(value))
    throw new RequestProblem(`Invalid type for '${param}': expected an object.`, {
      param,
      code: 'invalid_type',
    })
  return value
}

/** Stop sequences, at most four; an empty list where there are none. */
export function readStop(body: Json): readonly string[] {
  const value = body['stop'] ?? []
  const stops: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (stops.length > 4 || !stops.every(stop => typeof stop === 'string'))
    throw new RequestProblem("Invalid 'stop': expected a string or an array of at most 4 strings.", {
      param: 'stop',
      code: 'invalid_type',
    })
  return (stops as readonly string[]).filter(stop => stop !== '')
}

/** Checks what chat and legacy completions have in common. */
export function checkSampling(body: Json): void {
  readNumber(body, 'temperature', { minimum: 0, maximum: 2 })
  readNumber(body, 'top_p', { minimum: 0, maximum: 1 })
  readNumber(body, 'presence_penalty', { minimum: -2, maximum: 2 })
  readNumber(body, 'frequency_penalty', { minimum: -2, maximum: 2 })
  if (body['stream_options'] && body['stream'] !== true)
    throw new RequestProblem("The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    })
}

/** Whether the client asked for a last chunk with the usage. */
export function wantsUsage(body: Json): boolean {
  return readObject(body, 'stream_options')?.['include_usage'] === true
}
