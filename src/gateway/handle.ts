// The story of one request, front to back.

import { asGatewayError, GatewayError } from '../errors.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import { attemptTargets } from './attempt.ts'
import { answerCount } from './count-tokens.ts'
import { deliverError, deliverFull, deliverStream, keepWaitingClientAlive } from './deliver.ts'
import { type ClientCall, type Exchange, type Gateway, openExchange } from './exchange.ts'
import { keepNeeded, type ParsedRequest, planTargets } from './plan.ts'
import { prepareRequest } from './prepare.ts'

/** Answers one call. Never throws: whatever fails becomes an answer in the client's format, a log line and a row. */
export async function handle(call: ClientCall, gateway: Gateway): Promise<void> {
  const exchange = openExchange(call, gateway)
  try {
    const checkBody = authenticate(exchange)
    // A signature is over the body, too: nobody is known, and nothing counted, before that is there.
    const signed = checkBody === null ? null : await receive(exchange)
    if (signed !== null) checkBody?.(signed)
    admit(exchange)
    const parsed = parse(exchange, signed ?? (await receive(exchange)))
    const counted = answerCount(exchange, parsed)
    if (counted !== null) {
      deliverFull(exchange, counted)
      return
    }
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

/** Who asks. 401 */
function authenticate({ call, snapshot, page }: Exchange): ((body: Buffer) => void) | null {
  const { keyId, checkBody } = snapshot.authenticate(call.headers, call.remoteAddress, call)
  if (checkBody === undefined) {
    page.keyId = keyId
    return null
  }
  return body => {
    checkBody(body)
    page.keyId = keyId
  }
}

/** Whether they may ask now. 429; 503 where no record of the request could be kept. */
function admit({ gateway, snapshot, page, headers }: Exchange): void {
  if (!gateway.ledger.accepting) throw new GatewayError('storage_full')
  const rate = page.keyId === null ? null : snapshot.takeRate(page.keyId)
  if (rate === null) return
  // They say how long to wait, too: the error does not repeat it.
  headers.push(...rate.headers)
  if (rate.decision.allowed) return
  const seconds = (rate.decision.retryAfterMs / 1000).toFixed(1)
  const message = `The API key has used up its rate limit; the next request is taken in ${seconds} s.`
  throw new GatewayError('rate_limit_exceeded', { message })
}

/** 408, 413 */
function receive({ call, snapshot }: Exchange): Promise<Buffer> {
  return call.readBody({ maxBytes: snapshot.maxBodyBytes, timeoutMs: snapshot.bodyTimeoutMs })
}

/** What they ask. 400 */
function parse({ call, page }: Exchange, bytes: Buffer): ParsedRequest {
  page.bytesIn = bytes.length
  const body = parseJsonBody(bytes)
  const { address } = call
  const named = address.model ?? body['model']
  if (typeof named === 'string') page.modelAsked = named.slice(0, 256)
  const facts = call.endpoint.format.checkRequest(body, address)
  page.streaming = facts.streaming
  page.inputCharacters = facts.inputCharacters
  return { bytes, body, facts, address }
}
