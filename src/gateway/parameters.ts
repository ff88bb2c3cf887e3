// The parameters that a provider lacks, or knows under another name: refused, dropped and told, or renamed.

import { GatewayError } from '../errors.ts'
import type { FieldEdits, JsonObject } from '../formats/format.ts'
import type { ParameterRule } from '../providers/provider.ts'

export type ParameterRules = Readonly<Record<string, ParameterRule>>

/** The fields of a request by their names, and what stands in them. */
interface Fields {
  readonly fields: readonly string[]
  readonly body: JsonObject
}

/** The first field that the provider lacks and that changes the meaning; null where there is none. */
export function refusedParameter(rules: ParameterRules, { fields, body }: Fields): string | null {
  return fields.find(field => ownRule(rules, field) === 'refuse' && !saysNothing(body[field])) ?? null
}

/** @param providers the names of those that lack it */
export function unsupportedParameter(param: string, model: string, providers: string): GatewayError {
  const message = `The parameter \`${param}\` is not supported for \`${model}\` by ${providers}.`
  return new GatewayError('unsupported_parameter', { message, param })
}

/** A value with which a parameter is as good as absent: dropping it changes nothing. */
function saysNothing(value: unknown): boolean {
  if (value === null || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** What has to change in a body for the provider. What is dropped is told in the warnings. */
export function parameterEdits(
  rules: ParameterRules,
  { fields, body }: Fields,
  warnings: string[],
): FieldEdits {
  const edits: Record<string, string | null> = {}
  for (const field of fields) {
    const rule = ownRule(rules, field)
    if (rule === undefined || isKnownValue(rule, body[field])) continue
    edits[field] = null
    // What had to be refused was left out by the plan; what is left says nothing.
    if (rule === 'refuse') continue
    if (rule === 'drop' || 'values' in rule) {
      warnings.push(`dropped parameter ${field}`)
    } else if (!fields.includes(rule.rename)) {
      edits[rule.rename] = JSON.stringify(body[field])
    }
  }
  return edits
}

function isKnownValue(rule: ParameterRule, value: unknown): boolean {
  return typeof rule === 'object' && 'values' in rule && rule.values.includes(value)
}

/** Field names come from the client: `constructor` is not a rule. */
function ownRule(rules: ParameterRules, field: string): ParameterRule | undefined {
  return Object.hasOwn(rules, field) ? rules[field] : undefined
}
