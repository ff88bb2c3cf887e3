// What a client's format cannot show by its nature. Each rule takes the same thing out of what is expected and of what
// was read, for the clients of one format, and says why.

import type { Reading } from './reading.ts'

export interface Rule {
  readonly clients: readonly string[]
  readonly reason: string
  apply(reading: Reading): Reading
}

export const rules: readonly Rule[] = [
  {
    clients: ['bedrock-converse', 'cohere-chat', 'ollama-chat'],
    reason: 'the usage has no field for tokens of reasoning: they are counted with the output',
    apply: reading => withUsage(reading, { reasoning: 0 }),
  },
  {
    clients: ['ollama-chat'],
    reason: 'the usage has no field for tokens from the cache: they are counted with the input',
    apply: reading => withUsage(reading, { cacheRead: 0 }),
  },
  {
    clients: ['cohere-chat'],
    reason: 'there is no word for an answer that a filter cut: it ended with an error',
    apply: reading => ({
      ...reading,
      finish: reading.finish === 'content-filter' ? 'other' : reading.finish,
    }),
  },
  {
    clients: ['ollama-chat'],
    reason: 'there is no word for an answer that a filter cut: it is a normal end',
    apply: reading => ({ ...reading, finish: reading.finish === 'content-filter' ? 'stop' : reading.finish }),
  },
  {
    clients: ['ollama-chat'],
    reason: 'calls are told apart by their order, not by ids',
    apply: reading => ({ ...reading, toolCalls: reading.toolCalls.map(call => ({ ...call, id: '' })) }),
  },
  {
    clients: ['anthropic-messages', 'cohere-chat'],
    reason: 'an image that the model made stands in the text, as there is no place for one in an answer',
    apply: reading => ({ ...reading, text: reading.text.replaceAll(/!\[image\]\(data:[^)]*\)/g, '') }),
  },
  {
    clients: ['openai-completions'],
    reason: 'a text completion is text alone: no reasoning, no calls',
    apply: reading => ({
      ...reading,
      reasoning: '',
      toolCalls: [],
      finish: reading.finish === 'tool-calls' ? 'stop' : reading.finish,
    }),
  },
  {
    clients: ['anthropic-messages', 'gemini', 'bedrock-converse', 'ollama-chat'],
    reason: 'arguments are an object: text that is none is wrapped in one',
    apply: reading => ({ ...reading, toolCalls: reading.toolCalls.map(unwrapArguments) }),
  },
]

export function normalise(reading: Reading, client: string): Reading {
  return rules
    .filter(({ clients }) => clients.includes(client))
    .reduce((read, rule) => rule.apply(read), reading)
}

function withUsage(reading: Reading, changes: Partial<NonNullable<Reading['usage']>>): Reading {
  return reading.usage === null ? reading : { ...reading, usage: { ...reading.usage, ...changes } }
}

function unwrapArguments(call: Reading['toolCalls'][number]): Reading['toolCalls'][number] {
  const wrapped = /^\{"(?:_raw|input)":("(?:[^"\\]|\\.)*")\}$/s.exec(call.input)?.[1]
  return wrapped === undefined ? call : { ...call, input: String(JSON.parse(wrapped)) }
}
