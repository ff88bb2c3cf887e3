// The simulator's chat completions: the answer, and its two renderings, as one object and as a stream.

import type { ChatRequest } from './chat-request.ts'
import { composeAnswer, gistOf } from './prose.ts'
import { makeId } from './randomness.ts'
import { makeInstance } from './schema-instance.ts'
import { limitText, makeUsage, type SimulatedUsage, splitTokens } from './tokens.ts'
import { makeToolCalls } from './tool-calls.ts'

interface StreamedCall {
  readonly id: string
  readonly name: string
  readonly tokens: readonly string[]
}

interface ChatChoice {
  readonly tokens: readonly string[]
  readonly calls: readonly StreamedCall[]
  readonly finishReason: 'stop' | 'length' | 'tool_calls'
}

export interface ChatAnswer {
  readonly id: string
  readonly model: string
  readonly choices: readonly ChatChoice[]
  readonly usage: SimulatedUsage
  readonly wantsUsage: boolean
}

/** The simulator has no clock: all its answers are of the same moment, 1 January 2025. */
export const simulatedMoment = 1_735_689_600

export function answerChat(request: ChatRequest, seed: number): ChatAnswer {
  const choices = Array.from({ length: request.choices }, (_, index) => makeChoice(request, seed + index))
  const completionTokens = choices.reduce((sum, choice) => sum + countTokens(choice), 0)
  return {
    id: makeId('chatcmpl-', seed),
    model: request.model,
    choices,
    usage: makeUsage(request.promptTokens, completionTokens),
    wantsUsage: request.wantsUsage,
  }
}

function makeChoice(request: ChatRequest, seed: number): ChatChoice {
  const calls = makeToolCalls({ ...request, answered: request.outcomes.length > 0 }, seed)
  if (calls.length > 0) {
    const streamed = calls.map(({ id, name, arguments: text }) => ({ id, name, tokens: splitTokens(text) }))
    return limitCalls(streamed, request.maxTokens)
  }
  const { tokens, finishReason } = limitText(composeContent(request, seed), request.stops, request.maxTokens)
  return { tokens, calls: [], finishReason }
}

function composeContent(request: ChatRequest, seed: number): string {
  const { responseFormat, question, outcomes } = request
  switch (responseFormat.type) {
    case 'text':
      return composeAnswer(question, outcomes, seed)
    case 'json_object':
      return JSON.stringify({
        simulated: true,
        question: gistOf(question),
        answer: composeAnswer('', outcomes, seed),
      })
    case 'json_schema':
      return JSON.stringify(makeInstance(responseFormat.schema))
  }
}

/** The name of a call counts as one token; a call that the limit leaves no token for is left out. */
function limitCalls(calls: readonly StreamedCall[], maxTokens: number | null): ChatChoice {
  if (maxTokens === null) return { tokens: [], calls, finishReason: 'tool_calls' }
  const kept: StreamedCall[] = []
  let left = maxTokens
  for (const call of calls) {
    if (left === 0) break
    const tokens = call.tokens.slice(0, left - 1)
    kept.push({ ...call, tokens })
    left -= 1 + tokens.length
    if (tokens.length < call.tokens.length) break
  }
  const last = kept.at(-1)
  const whole = kept.length === calls.length && last?.tokens.length === calls.at(-1)?.tokens.length
  return { tokens: [], calls: kept, finishReason: whole ? 'tool_calls' : 'length' }
}

function countTokens(choice: ChatChoice): number {
  return choice.tokens.length + choice.calls.reduce((sum, call) => sum + 1 + call.tokens.length, 0)
}

/** The answer as one JSON text. */
export function renderChat(answer: ChatAnswer): string {
  return JSON.stringify({
    id: answer.id,
    object: 'chat.completion',
    created: simulatedMoment,
    model: answer.model,
    choices: answer.choices.map((choice, index) => ({
      index,
      message: {
        role: 'assistant',
        content: choice.calls.length > 0 ? null : choice.tokens.join(''),
        refusal: null,
        ...(choice.calls.length > 0 ? { tool_calls: choice.calls.map(renderCall) } : {}),
      },
      logprobs: null,
      finish_reason: choice.finishReason,
    })),
    usage: detailed(answer.usage),
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
  })
}

function renderCall(call: StreamedCall) {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.tokens.join('') } }
}

function detailed(usage: SimulatedUsage) {
  return {
    ...usage,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

/** The answer as the data of a stream's events, `[DONE]` included; several choices take turns. */
export function renderChatStream(answer: ChatAnswer): string[] {
  const head = `{"id":"${answer.id}","object":"chat.completion.chunk","created":${simulatedMoment},"model":${JSON.stringify(answer.model)},"service_tier":"default","system_fingerprint":"fp_simulator"`
  const tail = answer.wantsUsage ? ',"usage":null}' : '}'
  const chunk = (index: number, delta: string, finish: string | null) =>
    `${head},"choices":[{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]${tail}`
  const waiting = answer.choices.map((choice, index) => [
    ...deltasOf(choice).map(delta => chunk(index, delta, null)),
    chunk(index, '{}', choice.finishReason),
  ])
  const events: string[] = []
  const longest = Math.max(...waiting.map(chunks => chunks.length))
  for (let turn = 0; turn < longest; turn++)
    for (const chunks of waiting) if (turn < chunks.length) events.push(chunks[turn] as string)
  if (answer.wantsUsage)
    events.push(`${head},"choices":[],"usage":${JSON.stringify(detailed(answer.usage))}}`)
  events.push('[DONE]')
  return events
}

function deltasOf(choice: ChatChoice): string[] {
  if (choice.calls.length === 0)
    return [
      '{"role":"assistant","content":"","refusal":null}',
      ...choice.tokens.map(token => `{"content":${JSON.stringify(token)}}`),
    ]
  return [
    '{"role":"assistant","content":null,"refusal":null}',
    ...choice.calls.flatMap((call, index) => [
      `{"tool_calls":[{"index":${index},"id":"${call.id}","type":"function","function":{"name":"${call.name}","arguments":""}}]}`,
      ...call.tokens.map(
        token => `{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(token)}}}]}`,
      ),
    ]),
  ]
}
