// The story of one request, front to back.

import type { Endpoint } from '../endpoints/endpoint.ts'
import { asGatewayError } from '../errors.ts'
import { readForm } from '../formats/form-body.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import { admit, authenticate } from './admit.ts'
import { answerFromTargets } from './ask.ts'
import { answerCount } from './count-tokens.ts'
import { deliverError } from './deliver.ts'
import { type ClientCall, type Exchange, type Gateway, openExchange } from './exchange.ts'
import { requireUse } from './may-use.ts'
import type { ParsedRequest } from './request.ts'
import { compact } from './responses/compact.ts'

/** What is done with a request of which the shape is known. @throws GatewayError */
type Answer = (exchange: Exchange, parsed: ParsedRequest) => Promise<void>

/** Answers one call. Never throws: whatever fails becomes an answer in the client's format, a log line and a row. */
export async function handle(call: ClientCall, gateway: Gateway): Promise<void> {
  const exchange = openExchange(call, gateway)
  try {
    const checkBody = authenticate(exchange, call)
    // A signature is over the body, too: nobody is known, and nothing counted, before that is there.
    const signed = checkBody === null ? null : await receive(exchange)
    if (signed !== null) checkBody?.(signed)
    admit(exchange)
    const bytes = signed ?? (await receive(exchange))
    const answer = answerOf(call.endpoint)
    const parsed = parse(exchange, bytes)
    checkUse(exchange, parsed)
    await answer(exchange, parsed)
  } catch (thrown) {
    deliverError(exchange, asGatewayError(thrown))
  }
}

/** Whether they may ask for this model. 404 */
function checkUse({ snapshot, page }: Exchange, { facts: { model } }: ParsedRequest): void {
  const { keyId, tenant } = page
  if (keyId === null) throw new Error('a request was let in that nobody has made')
  requireUse({ principal: { keyId, tenant }, snapshot }, model)
}

/** What is done with requests of an endpoint. */
function answerOf({ format, operation }: Endpoint): Answer {
  if (format.name === 'openai-responses-compact') return compact
  return operation === 'token_count' ? answerCount : answerFromTargets
}

/** 408, 413 */
function receive({ call, snapshot }: Exchange): Promise<Buffer> {
  return call.readBody({ maxBytes: snapshot.maxBodyBytes, timeoutMs: snapshot.bodyTimeoutMs })
}

/** What they ask. 400, 415 */
function parse({ call, page }: Exchange, bytes: Buffer): ParsedRequest {
  page.bytesIn = bytes.length
  const { address } = call
  const { format } = call.endpoint
  const form = format.takesForms === true ? readForm(bytes, call.headers['content-type']) : null
  const body = form === null ? parseJsonBody(bytes) : form.fields
  const named = address.model ?? body['model']
  if (typeof named === 'string') page.modelAsked = named.slice(0, 256)
  const facts = format.checkRequest(body, address)
  page.streaming = facts.streaming
  page.inputCharacters = facts.inputCharacters
  return { bytes, body, form, facts, address }
}
