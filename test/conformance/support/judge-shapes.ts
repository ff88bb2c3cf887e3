// Whether the gateway takes what has to be taken, and refuses what has to be refused.

import { GatewayError } from '../../../src/errors.ts'
import type { Format, WireEvent } from '../../../src/formats/format.ts'
import { isJson } from './cases.ts'
import type { Json } from './json.ts'
import { textAt } from './json.ts'
import type { Pin } from './pins.ts'
import { formatOf } from './seam.ts'
import type { ShapeCase } from './shapes.ts'

export function shapeDeviations(one: ShapeCase): Pin[] {
  const expected = one.accepted ? 'accepted' : 'refused'
  const got = nameOfFault(one, verdictOf(one))
  return got.startsWith(expected) ? [] : [{ key: one.id, field: 'shape', expected, got }]
}

/** A refusal has to say what of the request is wrong; of an answer, that it is malformed. */
function nameOfFault({ side }: ShapeCase, verdict: string): string {
  const clear = side === 'request' ? /^refused: invalid_request [^ ]/ : /^refused: upstream_malformed/
  return clear.test(verdict) || !verdict.startsWith('refused') ? verdict : `unclear: ${verdict}`
}

function verdictOf(one: ShapeCase): string {
  try {
    check(one)
    return 'accepted'
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return `refused: ${thrown.code} ${thrown.param ?? ''}`.trim()
  }
}

function check({ format: name, side, body, accepted }: ShapeCase): void {
  const format = formatOf(name)
  if (side === 'answer') checkAnswer(format, body)
  else if (side === 'event') checkEvents(format, body)
  else checkRequest(format, body, accepted)
}

function checkRequest(format: Format, body: unknown, accepted: boolean): void {
  const address = { model: 'a-model', streaming: false }
  const sent = isJson(body) ? body : parseRequest(body)
  format.checkRequest(sent, address)
  // What cannot be translated may still be passed on to a provider that speaks the format.
  if (!accepted) (format.chat ?? format.embedding)?.decodeRequest(sent, address)
}

function parseRequest(body: unknown): Json {
  try {
    return JSON.parse(String(body)) as Json
  } catch (cause) {
    throw new GatewayError('invalid_request', { cause, param: 'body' })
  }
}

const context = { createId: () => 'id1' }

function checkAnswer(format: Format, body: unknown): void {
  if (typeof body === 'string') format.readAnswer(Buffer.from(body))
  else (format.chat ?? format.embedding)?.decodeResponse(body, context)
}

function checkEvents(format: Format, body: unknown): void {
  const decoder = format.chat?.openDecoder(context, () => {})
  const events = Array.isArray(body) ? (body as WireEvent[]) : [eventOf(body)]
  for (const event of events) decoder?.push(event)
}

function eventOf(body: unknown): WireEvent {
  return { name: textAt(body, 'type'), data: Buffer.from(JSON.stringify(body)).toString('latin1') }
}
