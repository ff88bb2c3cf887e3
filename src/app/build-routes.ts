// Makes of the section `routing` what a request asks: which route it takes, and in which order its targets are tried.

import type { Operation, Target, Usage } from '../call.ts'
import { createRouteConditions } from '../config/conditions.ts'
import type { Configuration, RoutePolicyConfiguration, RouteRule } from '../config/configuration.ts'
import type { Observer } from '../events.ts'
import type { RoutePolicy } from '../gateway/route-policy.ts'
import type { AskedRoute, ChosenRoute, Snapshot } from '../gateway/snapshot.ts'
import type { Condition } from '../lib/expressions.ts'
import { createRandom } from '../lib/seeded-random.ts'
import {
  lastWhere,
  type Ranking,
  type RouteFacts,
  type StrategyName,
  strategies,
  type TargetStats,
} from '../routing/index.ts'
import {
  type AffinityMemory,
  type Choice,
  type ConversationName,
  conversationKeyOf,
  createRuleChooser,
  type Rule,
  readMaxTokens,
} from '../routing/rules/index.ts'
import { namesOfModels, type RouteCounts } from './route-counts.ts'

/** What is known of the targets; outlives a snapshot. */
export interface KnownTargets {
  readonly stats: TargetStats
  countTurn(model: string): void
  expectedUsage(targetId: string, facts: RouteFacts): Usage
}

export interface RoutesDeps {
  readonly targets: KnownTargets
  readonly affinity: AffinityMemory
  /** Outlives a snapshot. */
  readonly counts: RouteCounts
  readonly random: () => number
  readonly observe: Observer
  /** Asking the target now would most likely be in vain: it rests, or all its keys do. */
  rests(target: Target): boolean
  /** What a name leads to, usable or not. */
  targetsOf(name: string, operation: Operation): readonly Target[]
  /** Who may answer for a name. @throws GatewayError where nobody may */
  resolve(name: string, operation: Operation): readonly Target[]
  costOf: Snapshot['costOf']
}

export type Routes = Pick<
  Snapshot,
  'chooseRoute' | 'rank' | 'explainRules' | 'countRoute' | 'lookUpConversation' | 'keepConversation'
>

interface BuiltRule extends Rule {
  readonly written: RouteRule
  readonly policy: RoutePolicy
}

export function buildRoutes(configuration: Configuration, deps: RoutesDeps): Routes {
  const { routing } = configuration
  const policy = toPolicy(routing.defaults)
  const strategyOf = nameStrategies(configuration)
  const chooser = createRuleChooser({
    rules: buildRules(routing.rules),
    keyHeader: configuration.auth.header,
    random: deps.random,
    onFailure: countFailures(routing.rules, deps),
  })
  const plain = (model: string): ChosenRoute => ({
    rule: null,
    model,
    others: [],
    strategy: strategyOf(model),
    policy,
    split: null,
    shadow: null,
  })
  return {
    chooseRoute(asked) {
      const { model } = asked.facts
      if (routing.rules.length === 0) return plain(model)
      const choice = chooser.choose(asked)
      return choice === null ? plain(model) : take(choice, model)
    },
    rank: createRanking(configuration, deps),
    explainRules: asked => chooser.explain(asked),
    countRoute: deps.targets.countTurn,
    lookUpConversation: createLookUp(configuration, strategyOf, deps),
    keepConversation: (conversation, targetId) => deps.affinity.remember(conversation, targetId),
  }

  function take({ rule, part, draw }: Choice<BuiltRule>, asked: string): ChosenRoute {
    const { shadow, use, strategy } = rule.written
    const [model = asked, ...others] = part?.use ?? use ?? []
    return {
      rule: rule.name,
      model,
      others,
      strategy: strategy ?? strategyOf(model),
      policy: rule.policy,
      split: draw === null ? null : { use: part?.use ?? null, draw },
      shadow: shadow !== null && deps.random() < shadow.share ? shadow : null,
    }
  }
}

/** Asks nobody for a conversation that could not be kept anywhere: in a fixed order, or where there is one target. */
function createLookUp(
  { routing }: Configuration,
  strategyOf: (model: string) => StrategyName,
  { affinity: { lookUp }, resolve }: Pick<RoutesDeps, 'affinity' | 'resolve'>,
): Snapshot['lookUpConversation'] {
  const written = [...routing.rules, ...Object.values(routing.groups)].map(({ strategy }) => strategy)
  const fixed = [routing.strategy, ...written].every(each => each === null || each === 'priority')
  if (lookUp === null || fixed || !routing.affinity.enabled) return null

  function mayBeKept(model: string, operation: Operation): boolean {
    // A rule may lead anywhere.
    if (routing.rules.length > 0) return true
    return strategyOf(model) !== 'priority' && countTargets(model, operation) > 1
  }

  function countTargets(model: string, operation: Operation): number {
    try {
      return resolve(model, operation).length
    } catch {
      return 0
    }
  }

  return question => {
    const { tenant, facts } = question
    if (!mayBeKept(facts.model, facts.operation)) return null
    const known = conversationKeyOf(question)
    return known?.goesOn === true ? lookUp({ tenant, key: known.key }) : null
  }
}

function buildRules(rules: readonly RouteRule[]): readonly BuiltRule[] {
  const conditions = createRouteConditions()
  return rules.map(written => ({
    ...written,
    written,
    condition: written.when === null ? null : readCondition(conditions.compile(written.when)),
    policy: toPolicy(written.policy),
  }))
}

function readCondition(compiled: ReturnType<ReturnType<typeof createRouteConditions>['compile']>): Condition {
  if (!compiled.ok) throw new Error(`a condition was not checked: ${compiled.problem.message}`)
  return compiled.condition
}

function toPolicy(written: RoutePolicyConfiguration): RoutePolicy {
  return { ...written, failoverStatuses: new Set(written.failoverStatuses) }
}

/** A wrong condition fails with every request: told with the first, and again when it was changed and fails still. */
function countFailures(
  rules: readonly RouteRule[],
  { counts: { failedConditions }, observe }: Pick<RoutesDeps, 'counts' | 'observe'>,
): (rule: string, failure: Error) => void {
  const written = new Map(rules.map(({ name, when }) => [name, when]))
  return (rule, failure) => {
    const failures = failedConditions.get(rule) ?? { count: 0, told: null }
    failedConditions.set(rule, failures)
    failures.count++
    const condition = written.get(rule) ?? null
    if (failures.told === condition) return
    failures.told = condition
    const message =
      'the condition of a routing rule failed; a request for which it fails does not fit the rule'
    observe({ type: 'notice', level: 'warn', message, detail: { rule, reason: failure.message } })
  }
}

/** An alias has the strategy of its group. */
function nameStrategies({ models, routing }: Configuration): (model: string) => StrategyName {
  const named = new Map<string, StrategyName>()
  for (const [name, { strategy }] of Object.entries(routing.groups))
    if (strategy !== null) named.set(name, strategy)
  for (const alias of Object.keys(models.aliases)) {
    const strategy = named.get(followAlias(alias, models.aliases))
    if (strategy !== undefined) named.set(alias, strategy)
  }
  return model => named.get(model) ?? routing.strategy
}

function followAlias(name: string, aliases: Readonly<Record<string, string>>): string {
  let current = name
  for (let steps = 0; steps < 100; steps++) {
    const next = aliases[current]
    if (next === undefined) return current
    current = next
  }
  return name
}

const twoTo32 = 2 ** 32

function createRanking(configuration: Configuration, deps: RoutesDeps): Snapshot['rank'] {
  const { routing, models } = configuration
  const { stats } = deps.targets
  const weights = createWeights(configuration, deps)
  const names = namesOfModels(configuration)
  return (targets, route, asked) => {
    const { strategy } = route
    const [only] = targets
    if (targets.length === 1 && only !== undefined)
      return { order: targets, ranking: { ...nothingToChoose, strategy }, conversation: null }
    const seed = strategy === 'priority' ? null : Math.floor(deps.random() * twoTo32)
    const random = seed === null ? deps.random : createRandom(seed)
    const facts = route.model === asked.facts.model ? asked.facts : { ...asked.facts, model: route.model }
    const judgement = strategies[strategy]({
      targets,
      facts,
      stats,
      weightOf: weights(followAlias(route.model, models.aliases), facts.operation),
      expectedCost: target => expectCost({ target, asked, facts }),
      random,
      objective: routing.adaptive,
    })
    const ranking = askRestingLast(judgement, route, deps.rests)
    const judged = { strategy, seed, scores: scoresInOrder(ranking), propensity: ranking.propensity }
    const known = seed === null || !routing.affinity.enabled ? null : conversationKeyOf(asked)
    const conversation = known === null ? null : { tenant: asked.tenant, key: known.key }
    const kept =
      conversation !== null && known?.goesOn === true ? findKept(conversation, ranking.order, route) : null
    if (kept === null) return { order: ranking.order, ranking: judged, conversation }
    const order = [kept, ...ranking.order.filter(target => target !== kept)]
    const scores = scoresInOrder({ ...ranking, order })
    return { order, ranking: { ...judged, scores, propensity: null, affinity: true }, conversation }
  }

  function expectCost({ target, asked, facts }: CostQuestion): number | null {
    const expected = deps.targets.expectedUsage(target.id, facts)
    const most = readMaxTokens(asked.body)
    const usage =
      most === null || expected.outputText + expected.outputReasoning <= most
        ? expected
        : { ...expected, outputText: most, outputReasoning: 0 }
    return deps.costOf({ target, usage, serviceTier: null, at: asked.at }).nanoUsd
  }

  function findKept(
    conversation: ConversationName,
    order: readonly Target[],
    { rule, model, policy }: ChosenRoute,
  ): Target | null {
    const count = deps.counts.affinity.of(rule, names.has(model) ? model : null)
    const id = deps.affinity.targetOf(conversation)
    const kept = order.find(target => target.id === id)
    const limited = (target: Target): boolean =>
      policy.limitWait !== 'preferred' && (stats.limited?.(target.id) === true || deps.rests(target))
    const healthy = kept !== undefined && !stats.breakerOpen(kept.id) && !limited(kept)
    if (healthy) count.hits++
    else count.misses++
    return healthy ? kept : null
  }
}

/** No strategy knows of keys. Where the route waits for who is limited, it waits in its place. */
function askRestingLast(
  ranking: Ranking,
  { policy }: ChosenRoute,
  rests: (target: Target) => boolean,
): Ranking {
  if (policy.limitWait === 'preferred') return ranking
  const order = lastWhere(ranking.order, rests)
  return order[0] === ranking.order[0] ? { ...ranking, order } : { ...ranking, order, propensity: null }
}

interface CostQuestion {
  readonly target: Target
  readonly asked: AskedRoute
  readonly facts: RouteFacts
}

const nothingToChoose = { seed: null, scores: null, propensity: null }

function scoresInOrder({
  order,
  scores,
}: {
  readonly order: readonly Target[]
  readonly scores: ReadonlyMap<string, number> | null
}): readonly (number | null)[] | null {
  return scores === null ? null : order.map(({ id }) => scores.get(id) ?? null)
}

type WeightOf = (target: Target) => number
const even: WeightOf = () => 1

/** A member that leads to several targets shares its weight among them. */
function createWeights(
  { models, routing }: Configuration,
  deps: Pick<RoutesDeps, 'targetsOf'>,
): (group: string, operation: Operation) => WeightOf {
  const known = new Map<string, WeightOf>()

  function build(group: string, operation: Operation): WeightOf {
    const weights = new Map<string, number>()
    for (const member of models.groups[group] ?? []) {
      const targets = deps.targetsOf(member, operation)
      const weight = (routing.groups[group]?.weights[member] ?? 1) / Math.max(1, targets.length)
      for (const { id } of targets) if (!weights.has(id)) weights.set(id, weight)
    }
    return ({ id }) => weights.get(id) ?? 1
  }

  return (group, operation) => {
    if (!Object.hasOwn(routing.groups, group)) return even
    const key = `${operation} ${group}`
    const weightOf = known.get(key) ?? build(group, operation)
    known.set(key, weightOf)
    return weightOf
  }
}
