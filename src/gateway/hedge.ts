// Asks a second target beside a first one that is slow. The first content wins; the other one is left at once, and both
// stand in the books. Each has an exchange of its own, so that what is told of the answer is told of the winner.

import type { Reply, Usage } from '../call.ts'
import type { AttemptRecord } from '../errors.ts'
import { type CancellationSource, createCancellation } from '../lib/cancellation.ts'
import { type Course, findAlternative, isDecided } from './course.ts'
import { hasEffects } from './effects.ts'
import type { Exchange } from './exchange.ts'
import { billLeft, openLane } from './lane.ts'
import type { Plan } from './plan.ts'
import type { PlannedRequest } from './request.ts'
import type { HedgePolicy } from './route-policy.ts'

/** One of the targets that are asked side by side. */
export interface Lane {
  readonly plan: Plan
  /** With its own page, attempts and end. */
  readonly exchange: Exchange
}

export interface Hedge {
  readonly first: Plan
  readonly second: Plan
  readonly policy: HedgePolicy
  /** How long the first has for its first content. */
  readonly afterMs: number
}

/** Null where the target is asked alone: the usual case, which costs nothing. */
export function planHedge(course: Course, first: Plan): Hedge | null {
  const { asking, exchange, failures } = course
  const policy = asking.policy.hedge
  if (policy === null) return null
  const { gateway, page } = exchange
  if (failures.length > 0 || !asking.repeatable) return null
  gateway.hedges.count(routeOf(exchange))
  const afterMs = policy.afterMs ?? gateway.health.usualMs(first.target.id, page.streaming)
  const second = findAlternative(course, first)
  return afterMs === null || second === null ? null : { first, second, policy, afterMs }
}

/** Two requests of the same share have the same bounds. */
function routeOf({ page }: Exchange): string {
  return page.decision?.rule ?? page.decision?.model ?? ''
}

interface Runner extends Lane {
  readonly exchange: Exchange
  readonly cancellation: CancellationSource
  readonly startedAt: number
  readonly role: 'hedge' | null
  ended: boolean
}

/** The first answer; null where every target that was asked has failed. */
export function raceTargets(course: Course, hedge: Hedge, ask: AskLane): Promise<Reply | null> {
  return new Promise((resolve, reject) => {
    new Race(course, hedge, { ask, resolve, reject }).start()
  })
}

/** Asks a target within its lane; null where it failed. */
export type AskLane = (lane: Lane) => Promise<Reply | null>

interface RaceDeps {
  readonly ask: AskLane
  readonly resolve: (reply: Reply | null) => void
  readonly reject: (thrown: Error) => void
}

class Race {
  readonly #course: Course
  readonly #hedge: Hedge
  readonly #deps: RaceDeps
  readonly #runners: Runner[] = []
  #over = false
  #stopTimer = () => {}

  constructor(course: Course, hedge: Hedge, deps: RaceDeps) {
    this.#course = course
    this.#hedge = hedge
    this.#deps = deps
  }

  start(): void {
    const { exchange } = this.#course
    const { first, second, afterMs } = this.#hedge
    this.#run(first, null)
    this.#stopTimer = exchange.gateway.clock.after(afterMs, () => {
      if (!this.#over && mayHedge(exchange, this.#hedge)) this.#run(second, 'hedge')
    })
  }

  #run(plan: Plan, role: Runner['role']): void {
    const runner = openRunner(this.#course.exchange, plan, role)
    this.#runners.push(runner)
    this.#deps.ask(runner).then(
      reply => this.#finish(runner, reply),
      (thrown: Error) => {
        this.#close(null)
        this.#deps.reject(thrown)
      },
    )
  }

  #finish(runner: Runner, reply: Reply | null): void {
    // It answered in the moment in which it was left.
    if (this.#over && reply?.kind === 'stream') reply.stream.abort()
    if (this.#over) return
    runner.ended = true
    // A failure that holds for every target ends the race; after any other one the other target may still answer.
    if (reply === null && !isDecided(this.#course) && this.#runners.some(({ ended }) => !ended)) return
    this.#close(reply === null ? null : runner)
    this.#deps.resolve(reply)
  }

  #close(winner: Runner | null): void {
    this.#over = true
    this.#stopTimer()
    closeBooks(this.#course.exchange, this.#runners, winner)
    for (const runner of this.#runners) if (!runner.ended) runner.cancellation.cancel('superseded')
  }
}

function openRunner(exchange: Exchange, plan: Plan, role: Runner['role']): Runner {
  const cancellation = createCancellation()
  exchange.cancellation.onCancel(() => cancellation.cancel())
  const own = openLane(exchange, cancellation)
  return { plan, exchange: own, cancellation, role, startedAt: exchange.gateway.clock.now(), ended: false }
}

/** Whether the bounds of the route allow it now. */
function mayHedge(exchange: Exchange, { second, policy }: Hedge): boolean {
  const { health, hedges } = exchange.gateway
  if (exchange.cancellation.cancelled || health.resting(second.target)) return false
  if (policy.maxCostNanoUsd !== null) {
    const cost = costOf(exchange, second, expectedUsage(exchange))
    if (cost === null || cost > policy.maxCostNanoUsd) return false
  }
  return hedges.take(routeOf(exchange), policy.maxShare)
}

/** Where nobody said how long an answer is, it is assumed to be long. */
const assumedOutputCharacters = 8_000

function expectedUsage({ gateway, page, call }: Exchange): Usage {
  const { operation } = call.endpoint
  const writes = operation === 'chat' || operation === 'completion'
  return gateway.estimateUsage(page.inputCharacters, writes ? assumedOutputCharacters : 0)
}

function costOf({ snapshot, startedWall }: Exchange, { target }: Plan, usage: Usage): number | null {
  return snapshot.costOf({ target, usage, serviceTier: null, at: startedWall }).nanoUsd
}

/** Brings the attempts of all lanes together, and makes the winner's page that of the request. */
function closeBooks(exchange: Exchange, runners: readonly Runner[], winner: Runner | null): void {
  const { attempts, page } = exchange
  const last = winner ?? runners.findLast(({ ended }) => ended) ?? runners.at(-1)
  // The answer's own attempt is the last one.
  for (const runner of runners) if (runner !== last) attempts.push(...recordsOf(exchange, runner))
  if (last === undefined) return
  attempts.push(...recordsOf(exchange, last))
  page.target = last.exchange.page.target
  page.warnings.splice(0, page.warnings.length, ...last.exchange.page.warnings)
}

function recordsOf(exchange: Exchange, runner: Runner): AttemptRecord[] {
  const { role, ended, plan, startedAt } = runner
  const records = [...runner.exchange.attempts]
  if (!ended) {
    // Where the client left, the attempt has told of its end already.
    const told = records.at(-1)?.code === 'client_disconnected' ? records.pop() : undefined
    records.push(billLeft(exchange, { target: plan.target, startedAt, told }))
  }
  return role === null ? records : records.map(record => ({ ...record, role }))
}

const repeatableOperations: ReadonlySet<string> = new Set([
  'chat',
  'completion',
  'embedding',
  'rerank',
  'moderation',
  'token_count',
])

/** Whether asking for it twice at once changes nothing in the world: nothing is stored, nothing is made. */
export function isRepeatable(exchange: Exchange, request: PlannedRequest): boolean {
  return repeatableOperations.has(exchange.call.endpoint.operation) && !hasEffects(exchange, request)
}
