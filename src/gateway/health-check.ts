// Asks one target for one token, to see whether it answers: no client, no other target, and a row of its own in the
// ledger. Breaker and keys learn from how it ends; how long it takes says nothing of ordinary requests.

import type { AnswerFacts, Target } from '../call.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import type { HealthCheckEnded } from '../events.ts'
import { openAiChat } from '../formats/openai-chat/index.ts'
import type { CancellationSource } from '../lib/cancellation.ts'
import { account } from './account.ts'
import type { ClientCall, Exchange, Gateway } from './exchange.ts'
import { askFor, findAble } from './plan.ts'
import { prepareRequest } from './prepare.ts'
import { noRemedy } from './remedy.ts'
import { keepNeeded, type ParsedRequest } from './request.ts'
import { closePage } from './settle.ts'

export interface HealthCheck {
  readonly target: Target
  readonly cancellation: CancellationSource
}

const timeoutMs = 30_000
/** Silence that long is a failure of the target, which its breaker counts. */
const patienceMs = 15_000

/** Under this name the rows of the ledger tell of checks. */
export const healthCheckRoute = 'health_check'

const endpoint: Endpoint = { method: 'POST', route: healthCheckRoute, operation: 'chat', format: openAiChat }

/** Never rejects. */
export async function checkTarget(gateway: Gateway, check: HealthCheck): Promise<HealthCheckEnded> {
  const { target } = check
  const exchange = openCheck(gateway, check)
  const late = gateway.alarms.open(() => exchange.cancellation.cancel())
  late.set(exchange.deadline)
  let facts: AnswerFacts | null = null
  let error: GatewayError | null = null
  let status = 200
  try {
    const reply = await askOnce(exchange, target)
    ;({ facts, status } = reply)
  } catch (thrown) {
    error = asGatewayError(thrown)
    status = error.entry.status
  } finally {
    late.close()
  }
  exchange.page.upstreamMs = gateway.clock.now() - exchange.startedAt
  const ending = { status, error, facts, bytesOut: 0 }
  const worth = account(exchange, ending)
  const calls = exchange.attempts.length
  // What never left the gateway has cost nothing, and is not worth a row.
  if (calls > 0) gateway.ledger.append(closePage(exchange, { ...ending, account: worth }), () => {})
  const { provider } = target.connection
  const code = error?.code ?? null
  return { type: 'health_check_ended', provider, code, calls, costNanoUsd: worth.costNanoUsd }
}

async function askOnce(exchange: Exchange, target: Target) {
  const parsed = askForOneToken(target)
  const [plan] = findAble(exchange, parsed, [target]).able
  if (plan === undefined) throw new GatewayError('no_provider')
  const traits = askFor(exchange, parsed).facts
  const request = keepNeeded(exchange, parsed, { ways: [plan.way], traits })
  const attempt = { alternatives: false, patienceMs, remedy: noRemedy }
  const prepared = await prepareRequest(exchange, request, { ...plan, ...attempt })
  const reply = await exchange.gateway.send({ ...prepared, healthCheck: true })
  if (reply.kind === 'stream') throw new Error('a check is not streamed')
  return reply
}

function askForOneToken({ id }: Target): ParsedRequest {
  const address = { model: null, streaming: null }
  const body = { model: id, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 }
  const facts = openAiChat.checkRequest(body, address)
  return { bytes: Buffer.from(JSON.stringify(body)), body, form: null, facts, address }
}

function openCheck(gateway: Gateway, { target, cancellation }: HealthCheck): Exchange {
  const startedAt = gateway.clock.now()
  return {
    id: gateway.createId(),
    gateway,
    snapshot: gateway.snapshot(),
    call: callOfNobody,
    startedAt,
    startedWall: gateway.clock.wall(),
    deadline: startedAt + timeoutMs,
    cancellation,
    attempts: [],
    headers: [],
    page: {
      keyId: null,
      tenant: '',
      modelAsked: target.id,
      streaming: false,
      inputCharacters: 2,
      bytesIn: 0,
      target,
      upstreamMs: 0,
      firstContentMs: null,
      warnings: [],
      decision: null,
    },
  }
}

function nobody(): never {
  throw new Error('a check has no client')
}

const callOfNobody: ClientCall = {
  endpoint,
  address: { model: null, streaming: null },
  method: 'POST',
  target: '',
  headers: {},
  remoteAddress: undefined,
  readBody: nobody,
  reply: {
    opened: false,
    bytesSent: 0,
    sendFull: nobody,
    openStream: nobody,
    write: nobody,
    onDrain: nobody,
    endStream: nobody,
    drop: nobody,
    onGone: nobody,
  },
}
