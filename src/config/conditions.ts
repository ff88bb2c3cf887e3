// What the conditions of routing rules may look at, and the language in which they are written.

import { type ConditionLanguage, createConditionLanguage, type Variables } from '../lib/expressions.ts'

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
