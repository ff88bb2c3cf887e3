// A copy of a request to another target, to see what it would do. It begins when the client has its answer, or the start of
// it; nobody reads what comes back, and nothing of it reaches the client's request, its targets' health or its limits.

import type { AnswerFacts, Reply, Send } from '../call.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import type { RouteDecision, ShadowEnded } from '../events.ts'
import { createCancellation } from '../lib/cancellation.ts'
import { account } from './account.ts'
import { hasEffects } from './effects.ts'
import type { Exchange, Gateway } from './exchange.ts'
import type { Plan } from './plan.ts'
import { prepareRequest } from './prepare.ts'
import { createLessons } from './remedy.ts'
import type { PlannedRequest } from './request.ts'
import { closePage } from './settle.ts'
import type { ShadowPolicy } from './snapshot.ts'
import { createThoughtMemory } from './thought-memory.ts'

/** Where a copy goes. */
export interface Shadow {
  readonly plan: Plan
  readonly policy: ShadowPolicy
  readonly decision: RouteDecision
}

export interface Shadows {
  /** Sends in the background, if there is room. Never throws. */
  start(exchange: Exchange, request: PlannedRequest, shadow: Shadow): void
  /** Gives up those under way and sends no more; resolves when the rows of all are with the ledger. */
  stop(): Promise<void>
}

/** @param send has breakers and keys of its own */
export function createShadows(send: Send, clock: Gateway['clock']): Shadows {
  const running = new Map<string, number>()
  const underWay = new Map<Exchange, Promise<void>>()
  let stopped = false
  const thoughts = createThoughtMemory()
  const lessons = createLessons(clock.now)
  return {
    start(exchange, request, shadow) {
      const { use, maxConcurrent } = shadow.policy
      const count = running.get(use) ?? 0
      if (stopped || count >= maxConcurrent || keepsState(exchange, request)) {
        tellEnd(exchange, shadow, { result: 'skipped', costNanoUsd: 0 })
        return
      }
      running.set(use, count + 1)
      const copy = copyExchange(exchange, { ...exchange.gateway, send, thoughts, lessons }, shadow)
      const run = clientFirst()
        .then(() => runShadow(copy, request, shadow))
        .catch((thrown: unknown) => {
          tellMistake(copy, thrown)
          tellEnd(copy, shadow, { result: 'failed', costNanoUsd: null })
        })
        .finally(() => {
          running.set(use, (running.get(use) ?? 1) - 1)
          underWay.delete(copy)
        })
      underWay.set(copy, run)
    },
    async stop() {
      stopped = true
      const runs = [...underWay.values()]
      for (const { cancellation } of underWay.keys()) cancellation.cancel()
      await Promise.all(runs)
    },
  }
}

/** The client's answer goes before its copy. */
function clientFirst(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** What the provider would keep or do, or goes on from what it kept, is not asked twice. */
function keepsState(exchange: Exchange, request: PlannedRequest): boolean {
  return request.recalled !== null || hasEffects(exchange, request)
}

function copyExchange(exchange: Exchange, gateway: Gateway, { plan, policy, decision }: Shadow): Exchange {
  const startedAt = gateway.clock.now()
  // What the client's request pays for is none of the copy's.
  const { spent: _spent, ...page } = exchange.page
  return {
    ...exchange,
    gateway,
    id: `${exchange.id}.shadow`,
    startedAt,
    startedWall: gateway.clock.wall(),
    deadline: startedAt + policy.timeoutMs,
    cancellation: createCancellation(),
    attempts: [],
    headers: [],
    page: {
      ...page,
      target: plan.target,
      upstreamMs: 0,
      firstContentMs: null,
      warnings: [],
      decision,
    },
  }
}

async function runShadow(copy: Exchange, request: PlannedRequest, shadow: Shadow): Promise<void> {
  const { gateway, cancellation, page } = copy
  const { plan } = shadow
  const late = gateway.alarms.open(() => cancellation.cancel())
  late.set(copy.deadline)
  let facts: AnswerFacts | null = null
  let error: GatewayError | null = null
  let status = 200
  try {
    // Another's prompt in the neutral form is never shared: each reads its own from the bytes.
    const own = { ...request, asked: { first: null } }
    const attempt = { alternatives: false, patienceMs: undefined, remedy: gateway.lessons.of(plan.target.id) }
    const asking = async () => gateway.send(await prepareRequest(copy, own, { ...plan, ...attempt }))
    const reply = await Promise.race([asking(), untilGivenUp(copy)])
    ;({ facts, status } = reply)
    page.firstContentMs = gateway.clock.now() - copy.startedAt
    error = await readToEnd(reply, copy)
  } catch (thrown) {
    error = asGatewayError(thrown)
  } finally {
    late.close()
  }
  // Nobody but us gives a copy up.
  if (cancellation.cancelled && error !== null) error = givenUp(copy)
  if (error !== null && facts === null) status = error.entry.status
  page.upstreamMs = gateway.clock.now() - copy.startedAt
  const ending = { status, error, facts, bytesOut: 0 }
  const worth = account(copy, ending)
  tellEnd(copy, shadow, { result: error === null ? 'ok' : 'failed', costNanoUsd: worth.costNanoUsd })
  if (page.keyId === null) return
  gateway.ledger.append(closePage(copy, { ...ending, account: worth }), () => {})
}

function tellEnd(
  { gateway }: Exchange,
  { policy: { use } }: Shadow,
  end: Pick<ShadowEnded, 'result' | 'costNanoUsd'>,
): void {
  gateway.observe({ type: 'shadow_ended', use, ...end })
}

/** Whatever a copy is waiting for, nobody waits for it any longer. */
function untilGivenUp({ cancellation }: Exchange): Promise<never> {
  return new Promise((_resolve, reject) => {
    cancellation.onCancel(() => reject(new GatewayError('shutting_down')))
  })
}

/** Its time was over, or the gateway stops. */
function givenUp({ gateway, deadline }: Exchange): GatewayError {
  return new GatewayError(gateway.clock.now() >= deadline ? 'deadline_exceeded' : 'shutting_down')
}

/** A mistake of ours, in what nobody waits for. */
function tellMistake({ id, gateway }: Exchange, thrown: unknown): void {
  const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  gateway.observe({ type: 'notice', level: 'error', message: 'a shadow has failed', detail: { id, reason } })
}

/** How the answer ended; null for a whole one. */
function readToEnd(reply: Reply, { cancellation }: Exchange): Promise<GatewayError | null> {
  if (reply.kind === 'full') return Promise.resolve(null)
  return new Promise(resolve => {
    cancellation.onCancel(() => {
      reply.stream.abort()
      resolve(new GatewayError('deadline_exceeded'))
    })
    reply.stream.read({ data: () => {}, end: () => resolve(null), fail: resolve })
  })
}
