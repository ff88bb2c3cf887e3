import { expect, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { readForm } from './form-body.ts'

const contentType = 'multipart/form-data; boundary=B'

function field(name: string, value: string, fileName?: string): string {
  const file = fileName === undefined ? '' : `; filename="${fileName}"`
  return `--B\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

test('fields are texts, lists where a name repeats, and files by their size', () => {
  const parts = [
    field('model', 'm'),
    field('include[]', 'a'),
    field('include[]', 'b'),
    field('file', 'RIFF', 'a.wav'),
    field('__proto__', 'x'),
  ]
  const form = readForm(Buffer.from(`${parts.join('')}--B--`), contentType)
  expect(form?.contentType).toBe(contentType)
  expect(Object.keys(form?.fields ?? {})).toEqual(['model', 'include[]', 'file', '__proto__'])
  expect(form?.fields).toMatchObject({ model: 'm', 'include[]': ['a', 'b'], file: { bytes: 4 } })
})

test('an edit that is a JSON text becomes a plain one', () => {
  const form = readForm(Buffer.from(`${field('model', 'm')}${field('seed', '1')}--B--`), contentType)
  expect(form?.edit({ model: '"n \\"x\\""', seed: null, n: '2' }).toString()).toBe(
    `${field('n', '2')}${field('model', 'n "x"')}--B--`,
  )
})

test.each([undefined, 'application/json', 'application/json; charset=utf-8', 'application/vnd.api+json'])(
  'a body of the type %s is JSON',
  type => {
    expect(readForm(Buffer.from('{}'), type)).toBeNull()
  },
)

test.each([
  ['content-type', 'unsupported_media_type', 'text/plain', ''],
  ['content-type', 'invalid_request', 'multipart/form-data', ''],
  ['body', 'invalid_request', contentType, 'nothing of it'],
  ['prompt', 'invalid_request', contentType, field('prompt', 'x')],
])('a fault in the %s is %s', (...[param, code, type, text]) => {
  const body = Buffer.from(`${text}--B--`)
  if (param === 'prompt') body[body.indexOf('x\r\n')] = 0xff
  const wrong = text === 'nothing of it' ? Buffer.from(text) : body
  expect(failureOf(() => readForm(wrong, type))).toMatchObject({ code, param })
})
