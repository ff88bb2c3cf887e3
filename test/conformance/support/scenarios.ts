// What is tried in every cell of the matrix: what the client asks, and what the model answers.

import type { AnswerPart, Completion, FinishReason } from '../../../src/conversation/completion.ts'
import type { Conversation, FunctionTool, Message } from '../../../src/conversation/conversation.ts'

export interface Scenario {
  readonly name: string
  readonly asked: Omit<Conversation, 'model'>
  readonly answer: Completion
  /** How the upstream spoils it. */
  readonly ending?: 'error' | 'cut'
}

const usage = {
  inputUncached: 20,
  cacheRead: 5,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 10,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

function answerOf(parts: readonly AnswerPart[], reason: FinishReason = 'stop'): Completion {
  return {
    id: 'answer0001',
    model: 'upstream-model',
    created: 1_700_000_000,
    choices: [{ parts, finish: { reason } }],
    usage,
  }
}

function say(text: string): Message {
  return { role: 'user', parts: [{ type: 'text', text }] }
}

function ask(messages: readonly Message[], more: Partial<Conversation> = {}): Omit<Conversation, 'model'> {
  return {
    streaming: false,
    messages: [{ role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] }, ...messages],
    tools: [],
    sampling: { maxTokens: 2048 },
    ...more,
  }
}

const weather: FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'Get the weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', description: 'The city' } },
    required: ['city'],
  },
}

const text: AnswerPart = { type: 'text', text: 'Hello — it is 21 °C. 👍' }
const inParis: AnswerPart = {
  type: 'tool_call',
  id: 'call_paris0001',
  name: 'get_weather',
  arguments: '{"city":"Paris"}',
}
const inRome: AnswerPart = {
  type: 'tool_call',
  id: 'call_rome00001',
  name: 'get_weather',
  arguments: '{"city":"Rome"}',
}

function resultOf(call: AnswerPart & { type: 'tool_call' }, said: string): Message['parts'][number] {
  return { type: 'tool_result', callId: call.id, name: call.name, content: [{ type: 'text', text: said }] }
}

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQImWNwav0CAALIAbzDqqRyAAAAAElFTkSuQmCC'

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

export const scenarios: readonly Scenario[] = [
  { name: 'text', asked: ask([say('Hello')]), answer: answerOf([text]) },
  {
    name: 'tools',
    asked: ask([say('Weather in Paris?')], { tools: [weather], toolChoice: { mode: 'auto' } }),
    answer: answerOf([inParis], 'tool_calls'),
  },
  {
    name: 'parallel tools',
    asked: ask([say('Weather in Paris and Rome?')], { tools: [weather], streaming: true }),
    answer: answerOf([inParis, inRome], 'tool_calls'),
  },
  {
    name: 'tool results',
    asked: ask(
      [
        say('Weather in Paris and Rome?'),
        { role: 'assistant', parts: [inParis, inRome] },
        { role: 'user', parts: [resultOf(inParis, 'sunny'), resultOf(inRome, 'rain')] },
      ],
      { tools: [weather] },
    ),
    answer: answerOf([text]),
  },
  {
    name: 'thinking',
    asked: ask([say('Think about it.')], {
      streaming: true,
      sampling: { maxTokens: 8192 },
      reasoning: { effort: 'medium', budgetTokens: 2048, visible: true },
    }),
    answer: answerOf([{ type: 'reasoning', text: 'Let me think.' }, text]),
  },
  {
    name: 'image',
    asked: ask([
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: pixel } },
        ],
      },
    ]),
    answer: answerOf([text]),
  },
  {
    name: 'structured output',
    asked: ask([say('Name a city.')], {
      output: { type: 'json_schema', name: 'city', schema, strict: true },
    }),
    answer: answerOf([{ type: 'text', text: '{"city":"Paris"}' }]),
  },
  { name: 'error', asked: ask([say('Hello')]), answer: answerOf([text]), ending: 'error' },
  { name: 'stream', asked: ask([say('Hello')], { streaming: true }), answer: answerOf([text]) },
  {
    name: 'cut stream',
    asked: ask([say('Hello')], { streaming: true }),
    answer: answerOf([text]),
    ending: 'cut',
  },
]
