import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../conversation/conversation.ts'
import type { FilePart } from '../../conversation/parts.ts'
import {
  claude,
  encode,
  nova,
  refusedParam,
  system,
  talk,
  targetOf,
  user,
  weather,
} from './conversations.fixture.ts'
import { bedrockConverse } from './index.ts'

describe('cache points', () => {
  const marked: Conversation = {
    ...talk(
      system({ type: 'text', text: 's', cache: { ttl: '1h' } }),
      user({ type: 'text', text: 'a', cache: {} }, 'b'),
    ),
    tools: [{ ...weather, cache: {} }],
  }

  test('stand behind what they mark, as blocks of their own', () => {
    const body = encode(marked)
    expect(body['system']).toEqual([{ text: 's' }, { cachePoint: { type: 'default', ttl: '1h' } }])
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ text: 'a' }, { cachePoint: { type: 'default' } }, { text: 'b' }] },
    ])
    expect(body['toolConfig']).toMatchObject({ tools: [{}, { cachePoint: { type: 'default' } }] })
    expect(body.warnings).toEqual([])
  })

  test('go only where the family takes them, and what is lost is told', () => {
    const body = encode(marked, nova)
    expect(body['toolConfig']).toMatchObject({ tools: [{ toolSpec: {} }] })
    expect(body['system']).toEqual([{ text: 's' }, { cachePoint: { type: 'default' } }])
    expect(body.warnings).toEqual(['dropped parameter cache_control.ttl', 'dropped parameter cache_control'])
    const none = encode(marked, 'meta.llama3-3-70b-instruct-v1:0')
    expect(JSON.stringify(none)).not.toContain('cachePoint')
    expect(none.warnings).toEqual(['dropped parameter cache_control'])
  })

  test('never stand directly behind a document', () => {
    const pdf: FilePart = {
      type: 'file',
      name: 'a.pdf',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
      cache: {},
    }
    const [{ content }] = encode(talk(user(pdf, 'b')))['messages'] as [{ content: object[] }]
    expect(content.map(block => Object.keys(block)[0])).toEqual(['document', 'text', 'cachePoint', 'text'])
  })
})

describe('files', () => {
  const file = (name: string | undefined, mediaType = 'text/plain'): FilePart => ({
    type: 'file',
    ...(name !== undefined && { name }),
    source: { kind: 'base64', mediaType, data: 'QQ==' },
  })

  test('documents have names that are allowed, and no name twice', () => {
    const files = ['Q3 report_v2 (final).pdf', 'Q3 report_v2 (final).pdf', undefined, '../été.txt'].map(
      name => file(name),
    )
    const [{ content }] = encode(talk(user('a', ...files)))['messages'] as [
      { content: { document?: { name: string } }[] },
    ]
    expect(content.flatMap(({ document }) => document?.name ?? [])).toEqual([
      'Q3 report v2 (final)',
      'Q3 report v2 (final) (2)',
      'document',
      't',
    ])
  })

  test('a document is never alone', () => {
    const [{ content }] = encode(talk(user(file('a.txt'))))['messages'] as [{ content: object[] }]
    expect(content).toMatchObject([{ document: { name: 'a' } }, { text: 'The document: a' }])
  })

  test.each([
    [
      'image/png',
      'image',
      's3://b/a.png',
      { image: { format: 'png', source: { s3Location: { uri: 's3://b/a.png' } } } },
    ],
    [
      undefined,
      'file',
      's3://b/a.mp4',
      { video: { format: 'mp4', source: { s3Location: { uri: 's3://b/a.mp4' } } } },
    ],
  ] as const)('a bucket (%s) is read by the provider itself', (...[mediaType, type, url, block]) => {
    const source = { kind: 'url', url, ...(mediaType !== undefined && { mediaType }) } as const
    const [{ content }] = encode(talk(user('a', { type, source })))['messages'] as [{ content: object[] }]
    expect(content[1]).toEqual(block)
  })

  test('only buckets need not be fetched', () => {
    const abilities = bedrockConverse.chat.abilities(targetOf(claude))
    expect(
      ['s3://a/b.png', 'https://a/b.png', 'gs://a/b.png'].map(url => abilities.takesUrl(url, 'image')),
    ).toEqual([true, false, false])
  })

  test('what cannot be sent is refused', () => {
    const sources = [
      { kind: 'file', id: 'file-1' },
      { kind: 'url', url: 'gs://b/a.png' },
      { kind: 'base64', mediaType: 'image/svg+xml', data: 'QQ==' },
    ] as const
    for (const source of sources)
      expect(refusedParam(() => encode(talk(user({ type: 'image', source }))))).toBe('messages')
  })
})
