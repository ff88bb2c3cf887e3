// What the conditions of routing rules may look at, and the language in which they are written.

import { type ConditionLanguage, createConditionLanguage, type Variables } from '../lib/expressions.ts'
import { isObject } from '../lib/json-value.ts'
import type { NameMistake } from './name-mistakes.ts'

/** Documented in docs/routing.md. */
export const conditionVariables = {
  metadata: 'map<string, dyn>',
  tenant: 'string',
  key: 'string',
  model: 'string',
  operation: 'string',
  streaming: 'bool',
  input_tokens: 'int',
  max_tokens: 'int',
  parameters: 'map<string, dyn>',
  needs: { tools: 'bool', vision: 'bool', json: 'bool', reasoning: 'bool' },
  headers: 'map<string, dyn>',
  hour: 'int',
  weekday: 'int',
  now: 'google.protobuf.Timestamp',
  user: 'string',
} satisfies Variables

export type ConditionVariable = keyof typeof conditionVariables

export function createRouteConditions(): ConditionLanguage {
  return createConditionLanguage(conditionVariables)
}

/**
 * Conditions that are not valid. Works on the raw values, so that these mistakes come out together with those of shape.
 */
export function findConditionMistakes(file: Readonly<Record<string, unknown>>): readonly NameMistake[] {
  const { routing } = file
  const rules = isObject(routing) ? routing['rules'] : undefined
  if (!Array.isArray(rules)) return []
  const conditions = createRouteConditions()
  return rules.flatMap((rule: unknown, index) => {
    const when = isObject(rule) ? rule['when'] : undefined
    const compiled = typeof when === 'string' ? conditions.compile(when) : null
    if (compiled === null || compiled.ok) return []
    const { message, offset } = compiled.problem
    const place = offset === null ? '' : `, at character ${offset + 1}`
    return [{ path: ['routing', 'rules', index, 'when'], message: `${message}${place}` }]
  })
}
