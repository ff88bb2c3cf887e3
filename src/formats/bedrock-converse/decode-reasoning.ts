// How much a model is to think, wherever its family wants that to be said.

import type { Effort, ReasoningRequest } from '../../conversation/conversation.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'

const efforts: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

export function decodeReasoningRequest(body: JsonObject): ReasoningRequest | null {
  const { additionalModelRequestFields, outputConfig } = body
  const fields = isObject(additionalModelRequestFields) ? additionalModelRequestFields : {}
  const { thinking, reasoningConfig, reasoning_effort: word, reasoning_config: config } = fields
  const output = isObject(fields['output_config']) ? fields['output_config'] : {}
  const said = isObject(outputConfig) ? outputConfig['effort'] : undefined
  const effort = [output['effort'], said, word, config].find(isEffort)
  if (isObject(thinking)) return readThinking(thinking, effort)
  if (isObject(reasoningConfig)) return readLevels(reasoningConfig)
  return effort === undefined ? null : { effort }
}

function isEffort(value: unknown): value is Effort {
  return isText(value) && efforts.has(value)
}

function readThinking(
  { type, budget_tokens: budget, display }: MutableJson,
  effort: Effort | undefined,
): ReasoningRequest {
  if (type === 'disabled') return { effort: 'none' }
  return {
    ...(effort !== undefined && { effort }),
    ...(typeof budget === 'number' ? { budgetTokens: budget } : type === 'adaptive' && { budgetTokens: -1 }),
    ...(isText(display) && { visible: display !== 'omitted' }),
  }
}

function readLevels({ type, maxReasoningEffort }: MutableJson): ReasoningRequest {
  if (type === 'disabled') return { effort: 'none' }
  return { effort: isEffort(maxReasoningEffort) ? maxReasoningEffort : 'medium' }
}
