// The story of one request, front to back.

import { asGatewayError } from '../errors.ts'
import { readForm } from '../formats/form-body.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import { admit, authenticate } from './admit.ts'
import { attemptTargets } from './attempt.ts'
import { deliverError, deliverFull, deliverStream, keepWaitingClientAlive } from './deliver.ts'
import { type ClientCall, type Exchange, type Gateway, openExchange } from './exchange.ts'
import { keepNeeded, type ParsedRequest, planTargets } from './plan.ts'
import { prepareRequest } from './prepare.ts'

/** Answers one call. Never throws: whatever fails becomes an answer in the client's format, a log line and a row. */
export async function handle(call: ClientCall, gateway: Gateway): Promise<void> {
  const exchange = openExchange(call, gateway)
  try {
    authenticate(exchange)
    admit(exchange)
    const parsed = await parse(exchange)
    const plans = planTargets(exchange, parsed)
    const request = keepNeeded(exchange, parsed, plans)
    const waiting = request.facts.streaming ? keepWaitingClientAlive(exchange) : null
    try {
      const reply = await attemptTargets(exchange, plans, (plan, attempt) =>
        prepareRequest(exchange, request, { ...plan, ...attempt }),
      )
      if (reply.kind === 'stream') deliverStream(exchange, reply)
      else deliverFull(exchange, reply)
    } finally {
      waiting?.close()
    }
  } catch (thrown) {
    deliverError(exchange, asGatewayError(thrown))
  }
}

/** What they ask. 400, 408, 413, 415 */
async function parse({ call, snapshot, page }: Exchange): Promise<ParsedRequest> {
  const bytes = await call.readBody({
    maxBytes: snapshot.maxBodyBytes,
    timeoutMs: snapshot.bodyTimeoutMs,
  })
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
