import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'

const address = { model: null, streaming: null }
const hello = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }

function decode(body: JsonObject): Conversation {
  anthropicMessages.checkRequest(body, address)
  return anthropicMessages.chat.decodeRequest(body, address)
}

describe('a conversation that several vendors have answered', () => {
  const foreign = anthropicMessages.chat.encodeResponse(
    {
      id: 'a',
      model: 'm',
      choices: [
        {
          parts: [
            { type: 'reasoning', text: 'hm', signature: 'g', origin: 'gemini', extra: { gemini: { k: 1 } } },
            { type: 'text', text: 'so', citations: [{ url: 'https://x.example' }] },
          ],
          finish: { reason: 'stop' },
        },
      ],
      usage: null,
    },
    { asked: { ...decode(hello) }, id: 'e', created: 0, inputTokens: 1, createId: () => 'i' },
  )
  const own = { type: 'thinking', thinking: 't', signature: 'c2ln' }
  const turns = {
    ...hello,
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: foreign['content'] },
      { role: 'user', content: 'b' },
      { role: 'assistant', content: [own, { type: 'text', text: 'x' }] },
      { role: 'user', content: 'c' },
    ],
  }

  test('brings each thought back to who thought it', () => {
    expect(decode(turns).messages[1]?.parts[0]).toEqual({
      type: 'reasoning',
      text: 'hm',
      signature: 'g',
      origin: 'gemini',
      extra: { gemini: { k: 1 } },
    })
  })

  test('reaches Anthropic without the proofs of the others, and otherwise as it was', () => {
    const edits = anthropicMessages.editsForPassing?.(turns)
    expect(JSON.parse(edits?.['messages'] ?? '')).toEqual([
      turns.messages[0],
      { role: 'assistant', content: [{ type: 'text', text: 'so' }] },
      ...turns.messages.slice(2),
    ])
  })

  test('is not touched where Anthropic alone has answered', () => {
    const { messages } = turns
    expect(anthropicMessages.editsForPassing?.({ ...turns, messages: messages.slice(2) })).toEqual({})
  })
})

test('beta features that a carrier does not know stay here', () => {
  const quirks = { anthropicMessages: { betas: ['context-1m-2025-08-07'] } }
  const pass = anthropicMessages.passHeader
  expect(pass?.('anthropic-beta', 'a, context-1m-2025-08-07', quirks)).toBe('context-1m-2025-08-07')
  expect(pass?.('anthropic-beta', 'a', quirks)).toBeNull()
  expect(pass?.('anthropic-beta', 'a,b', {})).toBe('a,b')
  expect(pass?.('anthropic-version', '2023-06-01', quirks)).toBe('2023-06-01')
})
