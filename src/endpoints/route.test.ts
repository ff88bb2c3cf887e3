import { expect, test } from 'vitest'
import { compileRoute } from './route.ts'

const { prefix, readModel } = compileRoute('/v1beta/models/{model}:generateContent')

test('a path of the route names its model, and other paths are not of it', () => {
  expect(prefix).toBe('/v1beta/models/')
  expect(readModel('/v1beta/models/gemini-3:generateContent')).toBe('gemini-3')
  expect(readModel('/v1beta/models/gemini-3:countTokens')).toBeNull()
  expect(readModel('/v1beta/models/:generateContent')).toBeNull()
})

test('a name may hold slashes and colons, plain or encoded, and broken encoding stays as it is', () => {
  expect(readModel('/v1beta/models/local/llama:8b:generateContent')).toBe('local/llama:8b')
  expect(readModel('/v1beta/models/local%2Fllama%3A8b:generateContent')).toBe('local/llama:8b')
  expect(readModel('/v1beta/models/100%:generateContent')).toBe('100%')
})

test('a star stands for one segment', () => {
  const route = compileRoute('/v1/projects/*/models/{model}:x')
  expect(route.prefix).toBe('/v1/projects/')
  expect(route.readModel('/v1/projects/p/models/m:x')).toBe('m')
  expect(route.readModel('/v1/projects/p/q/models/m:x')).toBeNull()
})
