import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../format.ts'
import { geminiTokenCount } from './index.ts'

const address = { model: 'gemini-x', streaming: null }
const prompt = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }

test.each<[JsonObject]>([
  [prompt],
  [{ generateContentRequest: { model: 'models/gemini-x', ...prompt } }],
  [{ generate_content_request: prompt }],
])('%j asks for the tokens of a prompt', body => {
  expect(geminiTokenCount.checkRequest(body, address)).toMatchObject({
    model: 'gemini-x',
    streaming: false,
    inputCharacters: 5,
  })
  expect(geminiTokenCount.tokenCount?.decodeRequest(body, address).messages).toEqual([
    { role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
  ])
})

test('a count that is made here has the shape of the provider', () => {
  expect(geminiTokenCount.tokenCount?.encodeResponse(7)).toEqual({ totalTokens: 7 })
})

test('a request within names the model that is asked', () => {
  const body = { generateContentRequest: { model: 'models/alias', contents: [] } }
  expect(geminiTokenCount.editsForModel?.(body, 'real')).toEqual({
    generateContentRequest: '{"model":"models/real","contents":[]}',
  })
  expect(geminiTokenCount.editsForModel?.(prompt, 'real')).toEqual({})
})

test('a count costs nothing, and what holds none is not an answer', () => {
  const facts = geminiTokenCount.readAnswer(Buffer.from('{"totalTokens": 31}'))
  expect(facts.usage).toMatchObject({ inputUncached: 0, outputText: 0 })
  expect(() => geminiTokenCount.readAnswer(Buffer.from('{"candidates": []}'))).toThrow(/holds no count/)
  expect(() => geminiTokenCount.readAnswer(Buffer.from('{"error": {"message": "no"}}'))).toThrow(/no/)
  expect(() => geminiTokenCount.openTap({ passUsage: true })).toThrow()
})

const shared = process.env['LLM_PROXY_SHARED']
const folders = ['gemini', 'vertex'].map(provider => `${shared}/fixtures/${provider}/countTokens`)
const recorded = folders.filter(existsSync).flatMap(folder =>
  readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => `${folder}/${file}`),
)

describe.skipIf(shared === undefined)('recordings (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(recorded)('%s', file => {
    const bytes = readFileSync(file)
    const body = JSON.parse(bytes.toString()) as JsonObject
    if (file.includes('.req.')) expect(geminiTokenCount.checkRequest(body, address).model).toBe('gemini-x')
    else if ('error' in body)
      expect(geminiTokenCount.decodeError({ status: 404, headers: {}, body: bytes }).code).toBe(
        'upstream_model_not_found',
      )
    else expect(geminiTokenCount.readAnswer(bytes).usage).not.toBeNull()
  })
})
