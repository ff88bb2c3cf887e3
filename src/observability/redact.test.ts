import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from './redact.ts'

const body = 'Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z'

test.each([
  `sk-${body}`,
  `sk-proj-${body}_${body}`,
  `sk-ant-api03-${body}`,
  `llmp_${body}`,
  `xai-${body}`,
  `gsk_${body}`,
  `AIzaSy${body}`,
  `hf_${body}`,
  `eyJhbGciOiJIUzI1NiJ9.${body}.${body}`,
])('the issued key %s does not survive anywhere in a text', key => {
  for (const text of [
    key,
    `Incorrect API key provided: ${key}.`,
    `"${key}"`,
    `(${key})`,
    `x=${key}&y=1`,
    `my_${key}`,
  ])
    expect(redact(text)).not.toContain(body)
})

test.each([
  `Authorization: Bearer ${body}`,
  `bearer ${body}`,
  `Basic ${body}==`,
  `https://host/v1?key=${body}&alt=sse`,
  `https://host/v1?api_key=${body}`,
  `{"api_key":"${body}"}`,
  `x-api-key: ${body}`,
  `password = "${body}"`,
  `https://user:${body}@host/`,
  `access_token=${body}`,
])('what is introduced as a credential is taken out: %s', text => {
  expect(redact(text)).not.toContain(body)
  expect(redact(text)).toContain('[redacted]')
})

test.each([
  'The model `gpt-4o-mini-2024-07-18` does not exist.',
  'Unexpected token: < in JSON at position 0',
  'risk-management is a task-oriented desk-job',
  'max_tokens must be at most 4096, request id req_011CTabcdEfGhIjKlMnOp',
  'connect ECONNREFUSED 127.0.0.1:8080',
  'the key is missing',
])('an ordinary message stays as it is: %s', text => {
  expect(redact(text)).toBe(text)
})

test('a key masked by its provider is taken out whole', () => {
  expect(redact('Incorrect API key provided: sk-proj-****************wxyz.')).not.toContain('wxyz')
})

test('whatever stands around an issued key, it does not survive', () => {
  const piece = fc.constantFrom(
    `sk-${body}`,
    'key=',
    'Bearer ',
    body,
    ' ',
    ': ',
    '"',
    'api_key',
    'text',
    '://',
    '@',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.constantFrom(' ', '"', '=', '_'),
      (pieces, separator) => {
        expect(redact(pieces.join(separator))).not.toContain(`sk-${body}`)
      },
    ),
  )
})
