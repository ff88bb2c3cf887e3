import { expect, test } from 'vitest'
import type { Conversation } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { chatOfResponses, encodeTarget, plainConversation } from './format.fixture.ts'

function encode(changes: Partial<Conversation>) {
  return chatOfResponses.encodeRequest({ ...plainConversation, ...changes }, encodeTarget)
}

test('a limit that is too small for this provider is raised, with a warning', () => {
  const { body, warnings } = encode({ sampling: { maxTokens: 5 } })
  expect(body['max_output_tokens']).toBe(16)
  expect(warnings).toEqual(['changed parameter max_tokens from 5 to 16'])
  expect(encode({ sampling: { maxTokens: 100 } })).toMatchObject({
    body: { max_output_tokens: 100 },
    warnings: [],
  })
})

test('a recording is refused by the name of its message: no model of this API hears it', () => {
  const source = { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } as const
  const parts: readonly Part[] = [
    { type: 'text', text: 'What is said?' },
    { type: 'audio', source },
  ]
  expect(() => encode({ messages: [{ role: 'user', parts }] })).toThrow(
    expect.objectContaining({ code: 'unsupported_parameter', param: 'messages[0].content' }) as Error,
  )
})
