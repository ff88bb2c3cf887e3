// What is valid in the rules of routing, but leads nowhere or is never reached: told at the start and by `check`.

import type { ModelIndex } from '../catalog/model-index.ts'
import { createRouteConditions } from '../config/conditions.ts'
import type { RoutePolicyConfiguration, RouteRule, RoutingConfiguration } from '../config/configuration.ts'
import { GatewayError } from '../errors.ts'
import type { Condition } from '../lib/expressions.ts'
import { matchNames } from '../routing/rules/index.ts'

type Names = Pick<ModelIndex, 'resolve'>

/** As sentences. */
export function findRouteProblems(
  { rules, defaults }: RoutingConfiguration,
  names: Names,
): readonly string[] {
  const conditions = createRouteConditions()
  const read = rules.map(rule => {
    const compiled = rule.when === null ? null : conditions.compile(rule.when)
    return { rule, condition: compiled?.ok === true ? compiled.condition : null }
  })
  return [
    ...checkNames('`routing.defaults`', policyNames(defaults), names),
    ...read.flatMap((each, index) => [
      ...checkReach(each, read.slice(0, index)),
      ...checkRuleNames(each.rule, policyNames(defaults), names),
    ]),
  ]
}

interface ReadRule {
  readonly rule: RouteRule
  readonly condition: Condition | null
}

/** The first reason why no request comes as far as the rule. */
function checkReach({ rule, condition }: ReadRule, before: readonly ReadRule[]): readonly string[] {
  const title = `The routing rule \`${rule.name}\``
  if (condition?.constant === false) return [`${title} is never used: its condition never holds.`]
  for (const { rule: earlier, condition: asked } of before) {
    if (!covers(earlier.models, rule.models)) continue
    if (asked === null || asked.constant === true)
      return [`${title} is never reached: \`${earlier.name}\` before it takes all requests for its models.`]
    if (condition !== null && asked.canonical === condition.canonical)
      return [`${title} is never reached: \`${earlier.name}\` before it has the same condition.`]
  }
  return []
}

/** Whether every name that fits one list fits the other. */
function covers(wide: readonly string[] | null, narrow: readonly string[] | null): boolean {
  if (wide === null) return true
  if (narrow === null) return wide.includes('*')
  const fits = matchNames(wide)
  // A pattern is covered by one that takes it as if it were a name.
  return narrow.every(name => fits(name))
}

/** @param told names that are told of elsewhere */
function checkRuleNames(rule: RouteRule, told: readonly string[], names: Names): readonly string[] {
  const title = `The routing rule \`${rule.name}\``
  const replaced = rule.use !== null || rule.split.reduce((sum, { share }) => sum + share, 0) >= 1
  const asked = replaced ? [] : (rule.models ?? []).filter(name => !name.includes('*'))
  const used = [
    ...(rule.use ?? []),
    ...rule.split.flatMap(({ use }) => use),
    ...(rule.shadow === null ? [] : [rule.shadow.use]),
    ...policyNames(rule.policy).filter(name => !told.includes(name)),
  ]
  return checkNames(title, [...asked, ...used], names)
}

function policyNames({ fallbacks }: RoutePolicyConfiguration): readonly string[] {
  return [...fallbacks.contextLength, ...fallbacks.contentFilter]
}

function checkNames(title: string, wanted: readonly string[], names: Names): readonly string[] {
  return [...new Set(wanted)].flatMap(name => {
    try {
      names.resolve(name, 'chat')
      return []
    } catch (thrown) {
      // What serves no chat serves something else; what cannot be used now is told elsewhere.
      if (!(thrown instanceof GatewayError) || thrown.code !== 'model_not_found') return []
      const hint = /Did you mean.*$/.exec(thrown.message)?.[0]
      return [`${title} names \`${name}\`, which nobody serves.${hint === undefined ? '' : ` ${hint}`}`]
    }
  })
}
