import { describe, expect, test } from 'vitest'
import type { Part } from '../../conversation/parts.ts'
import type { JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'
import { openSchemas, targetOf } from './messages.fixture.ts'
import { assistant, call, createRequestWriter, look, result, text, user } from './requests.fixture.ts'

const schemas = openSchemas(process.env['LLM_PROXY_SHARED'])
const { encode, bodyOf, refusalOf } = createRequestWriter(schemas.request)

describe('media', () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'
  const contentOf = (part: Part) =>
    (bodyOf({ messages: [user(part)] })['messages'] as readonly { content: readonly JsonObject[] }[])[0]
      ?.content[0]

  test('an image is of the type of its bytes, whatever was said of it', () => {
    const source = { kind: 'base64', mediaType: 'image/jpeg', data: png } as const
    expect(contentOf({ type: 'image', source })).toEqual({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: png },
    })
    const svg = { kind: 'base64', mediaType: 'image/svg+xml', data: 'PHN2Zz4=' } as const
    expect(refusalOf({ messages: [user({ type: 'image', source: svg })] }).param).toBe('messages[0]')
  })

  test('addresses and uploaded files are named, the latter with the beta feature that they are', () => {
    const source = { kind: 'url', url: 'https://x.example/a.png' } as const
    expect(contentOf({ type: 'image', source })).toMatchObject({ source: { type: 'url', url: source.url } })
    const file: Part = { type: 'file', source: { kind: 'file', id: 'file_1' } }
    const encoded = encode({ messages: [user(file)] })
    expect(encoded.body['messages']).toMatchObject([
      { content: [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }] },
    ])
    expect(encoded.headers).toEqual(['anthropic-beta', 'files-api-2025-04-14'])
  })

  test('documents are PDF or text; others are refused by their place', () => {
    const file = (mediaType: string, data: string): Part => ({
      type: 'file',
      name: 'a.txt',
      source: { kind: 'base64', mediaType, data },
    })
    expect(contentOf(file('text/csv', 'YSxi'))).toEqual({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'a,b' },
      title: 'a.txt',
    })
    expect(contentOf(file('application/octet-stream', 'JVBERi0xLjEK'))).toMatchObject({
      source: { media_type: 'application/pdf' },
    })
    expect(refusalOf({ messages: [user(file('application/zip', 'UEsDBA=='))] })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'messages[0]',
    })
    const sound = { kind: 'base64', mediaType: 'audio/wav', data: 'UklGRg==' } as const
    expect(refusalOf({ messages: [user({ type: 'audio', source: sound })] }).param).toBe('messages[0]')
  })

  test('a result of a tool may hold an image', () => {
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: png } }
    const { messages } = bodyOf({
      messages: [user(text('hi')), assistant(call('a')), user(result('a', { content: [image] }))],
    }) as { messages: readonly JsonObject[] }
    expect(messages[2]).toMatchObject({ content: [{ content: [{ type: 'image' }] }] })
  })

  test('addresses are for the upstream to fetch where it does, and only over TLS', () => {
    const able = anthropicMessages.chat.abilities(targetOf('claude-opus-5'))
    expect(able.takesUrl('https://x.example/a.png', 'image')).toBe(true)
    expect(able.takesUrl('http://x.example/a.png', 'image')).toBe(false)
    const quirks = { anthropicMessages: { inlineMedia: true } } as const
    const carrier = anthropicMessages.chat.abilities(targetOf('claude-opus-5', { quirks }))
    expect(carrier.takesUrl('https://x.example/a.png', 'image')).toBe(false)
  })

  test('opaque parts go back to their own format alone', () => {
    const value = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    const own: Part = { type: 'opaque', format: 'anthropic-messages', value }
    const foreign: Part = { type: 'opaque', format: 'gemini', value: { type: 'executableCode' } }
    const encoded = encode({
      messages: [user(text('a')), assistant(own, foreign, text('b')), user(text('c'))],
    })
    expect(encoded.body['messages']).toMatchObject([{}, { content: [value, { text: 'b' }] }, {}])
    expect(encoded.warnings).toEqual(['dropped content executableCode'])
  })
})

describe('cache markers', () => {
  const marked = (value: string, ttl?: string): Part => ({
    type: 'text',
    text: value,
    cache: ttl === undefined ? {} : { ttl },
  })
  const markersOf = (body: JsonObject) =>
    [
      ...JSON.stringify(body).matchAll(
        /"(?:text|name)":"(\w+)"[^{}]*(?:\{[^{}]*(?:\{[^{}]*\})?[^{}]*\})?,"cache_control":\{([^}]*)\}/g,
      ),
    ].map(([, name, marker]) => `${name} ${/1h|5m/.exec(marker ?? '')?.[0] ?? '-'}`)

  test('stay where they are: on tools, the system, texts, calls and results', () => {
    const body = bodyOf({
      tools: [{ ...look, cache: { ttl: '1h' } }],
      messages: [
        { role: 'system', parts: [marked('sys', '1h')] },
        user(text('hi')),
        assistant(call('a', { cache: {} })),
        user(result('a', { cache: { ttl: '5m' } })),
      ],
    })
    expect(body).toMatchObject({
      tools: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      system: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {},
        { content: [{ cache_control: { type: 'ephemeral' } }] },
        { content: [{ cache_control: { type: 'ephemeral', ttl: '5m' } }] },
      ],
    })
  })

  test('are at most four: the first and the latest are kept', () => {
    const { body, warnings } = encode({
      messages: ['a', 'b', 'c', 'd', 'e', 'f'].map(name => user(marked(name))),
    })
    expect(markersOf(body)).toEqual(['a -', 'd -', 'e -', 'f -'])
    expect(warnings).toEqual(['dropped parameter cache_control'])
  })

  test('of an hour come first: those before them last as long, and none is shortened', () => {
    const body = bodyOf({ messages: [user(marked('a', '5m'), marked('b', '1h'), marked('c'))] })
    expect(markersOf(body)).toEqual(['a 1h', 'b 1h', 'c -'])
  })
})
