import { describe, expect, test } from 'vitest'
import { readRelayPath } from './relays.ts'

test.each([
  ['/providers/openai/fine_tuning/jobs', { provider: 'openai', path: '/fine_tuning/jobs' }],
  ['/providers/a-b.c/models/vendor%2Fname:run', { provider: 'a-b.c', path: '/models/vendor%2Fname:run' }],
  ['/providers/x/v1/..a/b../...', { provider: 'x', path: '/v1/..a/b../...' }],
  ['/providers/x', { provider: 'x', path: '' }],
  ['/providers/x/', { provider: 'x', path: '/' }],
])('%s leads below the base URL', (path, place) => {
  expect(readRelayPath('passthrough', path)).toEqual(place)
})

test('files and batches have their own paths, and name no provider', () => {
  expect(readRelayPath('file', '/v1/files/file-1/content')).toEqual({
    provider: null,
    path: '/files/file-1/content',
  })
  expect(readRelayPath('batch', '/v1/batches')).toEqual({ provider: null, path: '/batches' })
})

describe('a path is refused', () => {
  test.each([
    '/providers/',
    '/providers//etc',
    '/providers/x//evil.example/',
    '/providers/x/..',
    '/providers/x/../y/keys',
    '/providers/x/./y',
    '/providers/x/a/..;/b',
    '/providers/x/a/..;v=1/b',
    '/providers/x/%2e%2e/y',
    '/providers/x/%2E./y',
    '/providers/x/a%2f..%2fb',
    '/providers/x/%252e%252e/y',
    '/providers/x/%25252e%25252e/y',
    '/providers/x/..\\y',
    '/providers/x/%5c..%5cy',
    '/providers/x/a%00b',
    '/providers/x/a%0d%0ahost:%20evil',
    '/providers/x/%zz',
    '/providers/x/%ff',
  ])('%s', path => {
    expect(readRelayPath('passthrough', path)).toBeNull()
  })

  test('%s, of files as well', () => {
    expect(readRelayPath('file', '/v1/files/..%2fmodels')).toBeNull()
  })
})
