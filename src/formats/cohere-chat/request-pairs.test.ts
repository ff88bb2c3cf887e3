// One prompt as a request in OpenAI's format and as Cohere's own client writes it: the translation says the same.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { asGatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { cohereChat } from './index.ts'
import pinnedJson from './request-pairs.pinned.json' with { type: 'json' }

interface Pair {
  readonly id: string
  readonly upstream: string
  readonly scenario: string
  readonly request_in: JsonObject
  readonly upstream_request_expected: JsonObject
}

/** Scenarios in which the request is another on purpose: the fields that differ, or the refusal, and the reason. */
const pinned: Readonly<
  Record<string, { reason: string; differs?: object; keeps?: string; refused?: string }>
> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const path = `${shared}/cases/request_pairs.json`
const all =
  shared !== undefined && existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly Pair[] }).cases
    : []
const pairs = all.filter(({ upstream }) => upstream === 'cohere.chat_v2')
const address = { model: null, streaming: null }

function translate(body: JsonObject, model: string): JsonObject {
  openAiChat.checkRequest(body, address)
  const asked = openAiChat.chat?.decodeRequest(body, address)
  if (asked === undefined) throw new Error('no translation')
  const target = { model, maxOutputTokens: null, streamUsage: 'reject', quirks: {} } as const
  return cohereChat.chat?.encodeRequest(asked, target).body ?? {}
}

/** Several texts in a row are one: some clients join them. */
function normal({ messages, ...rest }: JsonObject): JsonObject {
  return { ...rest, messages: (messages as readonly JsonObject[]).map(joinTexts) }
}

function joinTexts(message: JsonObject): JsonObject {
  const { content } = message
  const isText = (part: unknown) => isObject(part) && part['type'] === 'text'
  if (!Array.isArray(content) || !content.every(isText)) return message
  return { ...message, content: content.map(part => String((part as JsonObject)['text'])).join('') }
}

describe.skipIf(shared === undefined)('pairs of requests (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(pairs)('$id', ({ scenario, request_in: body, upstream_request_expected: expected }) => {
    const deviation = pinned[scenario]
    if (deviation?.refused !== undefined) {
      const refused = (): unknown => translate(body, String(expected['model']))
      expect(() => {
        try {
          refused()
        } catch (thrown) {
          throw new Error(asGatewayError(thrown).param ?? 'no parameter')
        }
      }).toThrow(deviation.refused)
      return
    }
    const written = normal(translate(body, String(expected['model'])))
    const { k: _k, ...told } = normal(expected)
    // What the other client writes as OpenAI's request leaves `top_k` out: nobody can translate it.
    expect(without(written, deviation?.keeps)).toEqual({ ...told, ...deviation?.differs })
  })

  /** Without a field of messages, which must be there. */
  function without(body: JsonObject, field: string | undefined): JsonObject {
    if (field === undefined) return body
    const messages = body['messages'] as readonly JsonObject[]
    expect(messages.some(message => field in message)).toBe(true)
    const others = messages.map(message =>
      Object.fromEntries(Object.entries(message).filter(([name]) => name !== field)),
    )
    return { ...body, messages: others }
  }

  test('every deviation is still one', () => {
    for (const scenario of Object.keys(pinned))
      expect(pairs.some(pair => pair.scenario === scenario)).toBe(true)
  })
})

describe.skipIf(shared === undefined)('recorded requests (LLM_PROXY_SHARED is not set: skipped)', () => {
  const folder = `${shared}/fixtures/cohere/chat_v2`
  const files = shared === undefined ? [] : readdirSync(folder).filter(file => file.endsWith('.req.json'))

  test.each(files)('%s is the same after both translations', file => {
    const body = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as JsonObject
    cohereChat.checkRequest(body, address)
    const asked = cohereChat.chat?.decodeRequest(body, address)
    if (asked === undefined) throw new Error('no translation')
    const target = {
      model: String(body['model']),
      maxOutputTokens: null,
      streamUsage: 'reject',
      quirks: {},
    } as const
    const again = cohereChat.chat?.encodeRequest(asked, target).body ?? {}
    expect(normal(again)).toEqual(normal(withoutNulls(body)))
  })
})

/** What recorders and clients write where nothing is said. */
function withoutNulls(body: JsonObject): JsonObject {
  const kept = Object.entries(body).filter(
    ([name, value]) => value !== null && !(name === 'stream' && value === false),
  )
  const messages = (body['messages'] as readonly JsonObject[]).map(message =>
    Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null)),
  )
  return { ...Object.fromEntries(kept), messages }
}
