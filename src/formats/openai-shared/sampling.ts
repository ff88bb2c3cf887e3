// The sampling parameters that OpenAI's formats have in common.

import type { Sampling } from '../../conversation/conversation.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'
import { listOf, numberOf, objectOf, present } from './fields.ts'

/** Fields that `decodeSampling` reads. */
export const samplingFields = [
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'logit_bias',
] as const

export function decodeSampling(body: JsonObject): Sampling {
  const stop = isText(body['stop']) ? [body['stop']] : listOf(body['stop']).filter(isText)
  const choices = numberOf(body['n'])
  return present({
    maxTokens: numberOf(body['max_completion_tokens']) ?? numberOf(body['max_tokens']),
    temperature: numberOf(body['temperature']),
    topP: numberOf(body['top_p']),
    topK: numberOf(body['top_k']),
    stop: stop.length === 0 ? undefined : stop,
    seed: numberOf(body['seed']),
    frequencyPenalty: numberOf(body['frequency_penalty']),
    presencePenalty: numberOf(body['presence_penalty']),
    choices: choices === 1 ? undefined : choices,
    logitBias: biasOf(body['logit_bias']),
  })
}

/** An empty one says nothing. */
function biasOf(value: unknown): JsonObject | undefined {
  const bias = objectOf(value)
  return bias === undefined || Object.keys(bias).length === 0 ? undefined : bias
}

/** What both formats write under the same names. */
export function encodeSampling(sampling: Sampling): JsonObject {
  return present({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    stop: sampling.stop?.length === 0 ? undefined : sampling.stop,
    seed: sampling.seed,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    n: sampling.choices,
    logit_bias: sampling.logitBias,
  })
}
