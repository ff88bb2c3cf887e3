// Decides the requests of the ledger again by another configuration: where they would have gone, and at what cost. The
// same ledger and configuration give the same answer, as chance is drawn from the ids of the requests.

import { createHash } from 'node:crypto'
import type { Target } from '../call.ts'
import { createModelIndex } from '../catalog/model-index.ts'
import { createRouteConditions } from '../config/conditions.ts'
import type { Configuration } from '../config/configuration.ts'
import { healthCheckRoute } from '../gateway/health-check.ts'
import { createRandom } from '../lib/seeded-random.ts'
import type { RouteFacts, TargetStats } from '../routing/index.ts'
import { createAffinityMemory } from '../routing/rules/index.ts'
import type { LedgerRow } from '../store/index.ts'
import { buildRoutes, type Routes } from './build-routes.ts'
import { createCosts } from './build-snapshot.ts'
import { type ConnectDeps, connectProviders } from './connect-providers.ts'
import { learnFromRows } from './replay-lessons.ts'
import { createRouteCounts } from './route-counts.ts'

export interface ReplayReport {
  /** Requests that were decided again. */
  readonly requests: number
  /** Those of earlier versions, and those that never came to a decision. */
  readonly withoutDecision: number
  /** Requests whose model the other configuration does not serve. */
  readonly unserved: number
  readonly moved: number
  /** How often each target was, and would be, the first choice. */
  readonly targets: readonly { readonly target: string; readonly before: number; readonly after: number }[]
  /** Of the requests that are priced on both sides, in US dollars. */
  readonly cost: { readonly before: number; readonly after: number; readonly unpriced: number }
  /** Rules whose conditions look at what the ledger does not hold: it reads as absent. */
  readonly assumptions: readonly { readonly rule: string; readonly absent: readonly string[] }[]
}

/** What conditions may ask and rows do not tell. */
const notRecorded: ReadonlySet<string> = new Set(['metadata', 'headers', 'parameters', 'tenant', 'user'])

/** @param rows oldest first; gone through twice */
export function replayRows(
  configuration: Configuration,
  rows: () => Iterable<LedgerRow>,
  deps: ConnectDeps,
): ReplayReport {
  const decider = createDecider(configuration, requestsIn(rows()), deps)
  const targets = new Map<string, { before: number; after: number }>()
  const countOf = (target: string) => {
    const count = targets.get(target) ?? { before: 0, after: 0 }
    targets.set(target, count)
    return count
  }
  const total = { requests: 0, withoutDecision: 0, unserved: 0, moved: 0 }
  const cost = { before: 0, after: 0, unpriced: 0 }
  for (const row of requestsIn(rows())) {
    if (row.decision?.shadow === true) continue
    const before = row.decision?.candidates[0]
    if (before === undefined || row.modelAsked === null) {
      total.withoutDecision++
      continue
    }
    total.requests++
    const after = decider.decide(row)
    countOf(before).before++
    if (after === null) {
      total.unserved++
      continue
    }
    countOf(after.id).after++
    if (after.id !== before) total.moved++
    addCost(cost, row, decider.costAt(row, after))
  }
  return {
    ...total,
    targets: [...targets]
      .map(([target, counts]) => ({ target, ...counts }))
      .sort((left, right) => right.after - left.after || (left.target < right.target ? -1 : 1)),
    cost: { before: cost.before / 1e9, after: cost.after / 1e9, unpriced: cost.unpriced },
    assumptions: findAssumptions(configuration),
  }
}

/** Without what no client asked for. */
function* requestsIn(rows: Iterable<LedgerRow>): Iterable<LedgerRow> {
  for (const row of rows) if (row.route !== healthCheckRoute) yield row
}

function addCost(
  cost: { before: number; after: number; unpriced: number },
  { costNanoUsd, usage }: LedgerRow,
  after: number | null,
): void {
  if (usage === null) return
  if (costNanoUsd === null || after === null) {
    cost.unpriced++
    return
  }
  cost.before += costNanoUsd
  cost.after += after
}

interface Decider {
  /** The first choice; null where nobody serves the model. */
  decide(row: LedgerRow): Target | null
  /** What the same tokens would have cost there. */
  costAt(row: LedgerRow, target: Target): number | null
}

function createDecider(configuration: Configuration, rows: Iterable<LedgerRow>, deps: ConnectDeps): Decider {
  const providers = connectProviders(configuration, deps)
  // Whoever replays need not have the keys.
  const indexed = providers.map(provider => ({ ...provider.indexed, usable: true, unusableReason: null }))
  const models = createModelIndex({ providers: indexed, ...configuration.models })
  const costOf = createCosts(configuration, providers)
  const lessons = learnFromRows(rows)
  const turns = new Map<string, number>()
  let random: () => number = () => 0
  const stats: TargetStats = {
    breakerOpen: () => false,
    inFlight: () => 0,
    firstContentMs: lessons.firstContentMs,
    turn: model => turns.get(model) ?? 0,
    belief: lessons.belief,
  }
  const routes = buildRoutes(configuration, {
    targets: {
      stats,
      countTurn: model => void turns.set(model, (turns.get(model) ?? 0) + 1),
      expectedUsage: lessons.expectedUsage,
    },
    affinity: createAffinityMemory({ maxConversations: 1, keepMs: 1, clock: deps.clock }),
    counts: createRouteCounts(),
    random: () => random(),
    observe: () => {},
    rests: () => false,
    targetsOf: models.expand,
    resolve: models.resolve,
    costOf,
  })
  return {
    decide(row) {
      random = createRandom(seedOf(row.id))
      const found = decideRow(routes, row, name => models.resolve(name, row.operation))
      if (found !== null && found.choices > 1) routes.countRoute(found.model)
      return found?.first ?? null
    },
    costAt: ({ usage, costNanoUsd, provider, model, startedAt }, target) =>
      usage === null || target.id === `${provider}/${model}`
        ? costNanoUsd
        : costOf({ target, usage, serviceTier: null, at: startedAt }).nanoUsd,
  }
}

function seedOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32LE()
}

interface DecidedRow {
  readonly first: Target
  readonly model: string
  readonly choices: number
}

function decideRow(
  routes: Routes,
  row: LedgerRow,
  resolve: (name: string) => readonly Target[],
): DecidedRow | null {
  const most = row.decision?.facts?.maxTokens ?? null
  const asked = {
    facts: factsOf(row),
    tenant: '',
    keyId: row.keyId,
    headers: {},
    body: most === null ? {} : { max_tokens: most },
    at: row.startedAt,
  }
  const route = routes.chooseRoute(asked)
  const left = new Set(row.decision?.filtered.map(({ target }) => target))
  const known = new Map<string, Target>()
  for (const name of [route.model, ...route.others])
    for (const target of tryResolve(name, resolve)) if (!left.has(target.id)) known.set(target.id, target)
  if (known.size === 0) return null
  const { order } = routes.rank([...known.values()], route, asked)
  const [first] = order
  return first === undefined ? null : { first, model: route.model, choices: order.length }
}

function tryResolve(name: string, resolve: (name: string) => readonly Target[]): readonly Target[] {
  try {
    return resolve(name)
  } catch {
    return []
  }
}

function factsOf({ modelAsked, operation, streaming, decision }: LedgerRow): RouteFacts {
  const { inputCharacters = 0, needs = { tools: false, vision: false, json: false } } = decision?.facts ?? {}
  return { model: modelAsked ?? '', operation, streaming, inputCharacters, needs }
}

function findAssumptions({ routing }: Configuration): ReplayReport['assumptions'] {
  const conditions = createRouteConditions()
  return routing.rules.flatMap(({ name, when, stickyBy }) => {
    const compiled = when === null ? null : conditions.compile(when)
    const read = compiled?.ok === true ? [...compiled.condition.reads] : []
    const absent = read.filter(variable => notRecorded.has(variable))
    if (stickyBy !== null && stickyBy !== 'key') absent.push(stickyBy)
    return absent.length === 0 ? [] : [{ rule: name, absent }]
  })
}
