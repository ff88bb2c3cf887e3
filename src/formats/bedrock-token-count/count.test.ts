import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { bedrockTokenCount as format } from './index.ts'

const address = { model: 'amazon.nova-lite-v1:0', streaming: null }
const converse = {
  messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
  system: [{ text: 'Be brief' }],
}

test('a prompt is checked and decoded like that of a conversation', () => {
  const facts = format.checkRequest({ input: { converse } }, address)
  expect(facts).toMatchObject({
    model: 'amazon.nova-lite-v1:0',
    streaming: false,
    inputCharacters: 13,
    fields: ['input'],
  })
  expect(format.tokenCount?.decodeRequest({ input: { converse } }, address).messages).toHaveLength(2)
  expect(format.tokenCount?.encodeResponse(7)).toEqual({ inputTokens: 7 })
})

test('a prompt in the format of a model passes, and cannot be counted here', () => {
  const body = { input: { invokeModel: { body: 'e30=' } } }
  expect(format.checkRequest(body, address).inputCharacters).toBe(0)
  expect(() => format.tokenCount?.decodeRequest(body, address)).toThrow('only its own provider')
})

test('what is no prompt is refused', () => {
  for (const body of [{}, { input: {} }, { input: { converse: { messages: 1 } } }])
    expect(() => format.checkRequest(body, address)).toThrow(GatewayError)
})

test('an answer without a count is malformed', () => {
  expect(format.readAnswer(Buffer.from('{"inputTokens": 11}')).usage?.outputText).toBe(0)
  for (const body of ['{}', '[]', 'x'])
    expect(() => format.readAnswer(Buffer.from(body))).toThrow('holds no count')
})

const folder = `${process.env['LLM_PROXY_SHARED']}/fixtures/bedrock/count_tokens`

test.skipIf(!existsSync(folder))('recorded counts are read (LLM_PROXY_SHARED is not set: skipped)', () => {
  const read = (name: string) => readFileSync(`${folder}/pyd-${name}.json`)
  const asked = JSON.parse(read('bedrock_inference_profile_count_tokens-0.req').toString()) as object
  expect(format.checkRequest({ ...asked }, address).inputCharacters).toBe('Hello, world!'.length)
  expect(format.readAnswer(read('bedrock_inference_profile_count_tokens-0.res')).usage).not.toBeNull()
  for (const name of ['bedrock_count_tokens_error-0', 'anthropic_bedrock_count_tokens_error-0']) {
    const failure = format.decodeError({ status: 400, headers: {}, body: read(`${name}.res`) })
    expect(failure.code).toBe('upstream_invalid_request')
  }
})
