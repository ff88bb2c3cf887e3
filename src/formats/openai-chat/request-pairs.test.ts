// One prompt as a client of OpenAI sends it and as the client of another vendor does: what we make of the first means
// what the second says.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { adaptConversation } from '../../conversation/adapt.ts'
import { parameterEdits } from '../../gateway/parameters.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { findProvider } from '../../providers/index.ts'
import type { ChatTranslation } from '../format.ts'
import { openAiChat } from './index.ts'
import pinnedJson from './request-pairs.pinned.json' with { type: 'json' }

interface Pair {
  readonly id: string
  readonly client_api: string
  readonly upstream: string
  readonly scenario: string
  readonly stream: boolean
  readonly request_in: JsonObject
  readonly upstream_request_expected: JsonObject | null
}

/** By upstream and scenario: the fields that differ on purpose, and why. */
const pinned: Readonly<Record<string, { readonly fields: readonly string[]; readonly reason: string }>> =
  pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const path = `${shared}/cases/request_pairs.json`
const cases =
  shared && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { cases: Pair[] }).cases : []
const ours = new Set(['mistral.chat', 'groq.chat', 'deepseek.chat', 'xai.chat', 'openrouter.chat'])
const chat = openAiChat.chat as ChatTranslation

function encode({ upstream, request_in: body }: Pair): JsonObject {
  const provider = findProvider(upstream.replace(/\..*/, ''))
  if (provider === undefined) throw new Error(`There is no provider for ${upstream}.`)
  const conversation = chat.decodeRequest(body, { model: null, streaming: null })
  const target = {
    model: String(body['model']).replace(/^[^/]*\//, ''),
    maxOutputTokens: null,
    streamUsage: provider.streamUsage,
    quirks: provider.quirks ?? {},
  }
  const adapted = adaptConversation(conversation, chat.abilities(target))
  const encoded = chat.encodeRequest(adapted.conversation, target)
  const fields = Object.keys(encoded.body)
  const edited: Record<string, unknown> = { ...encoded.body }
  const edits = parameterEdits(provider.parameters, { fields, body: encoded.body }, [])
  for (const [field, text] of Object.entries(edits))
    if (text === null) delete edited[field]
    else edited[field] = JSON.parse(text)
  return edited
}

/**
 * What a request means, whatever the shape: strings are lists of one text, arguments are what they hold, ids only tell
 * calls apart, and the name of a tool beside the id of its call, or a thought that is empty, says nothing.
 */
function meaningOf(body: JsonObject): Record<string, unknown> {
  const { messages, max_completion_tokens: limit, ...rest } = body
  const ids: string[] = []
  const idOf = (id: unknown): number => {
    if (!ids.includes(String(id))) ids.push(String(id))
    return ids.indexOf(String(id))
  }
  return {
    ...rest,
    ...(limit === undefined ? {} : { max_tokens: limit }),
    messages: (messages as JsonObject[]).map(message => meaningOfMessage(message, idOf)),
  }
}

function meaningOfMessage(message: JsonObject, idOf: (id: unknown) => number): JsonObject {
  const {
    content,
    tool_calls: calls,
    tool_call_id: answered,
    name,
    reasoning_content: thought,
    ...rest
  } = message
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content as JsonObject[])
  return {
    ...rest,
    ...(answered === undefined ? { name } : { answers: idOf(answered) }),
    ...(thought === '' ? {} : { thought }),
    content: parts.filter(part => part['text'] !== '').map(meaningOfPart),
    ...(Array.isArray(calls) ? { calls: calls.map(call => meaningOfCall(call as JsonObject, idOf)) } : {}),
  }
}

function meaningOfPart(part: JsonObject): JsonObject {
  const image = part['image_url']
  return isObject(image) ? { ...part, image_url: image['url'] } : part
}

function meaningOfCall({ id, function: called }: JsonObject, idOf: (id: unknown) => number): JsonObject {
  const { name, arguments: input } = called as { name: string; arguments: string }
  return { id: idOf(id), name, input: JSON.parse(input) }
}

function differences(left: JsonObject, right: JsonObject): string[] {
  const fields = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...fields]
    .toSorted()
    .filter(field => JSON.stringify(sorted(left[field])) !== JSON.stringify(sorted(right[field])))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map(key => [key, sorted(value[key])]),
  )
}

describe.skipIf(shared === undefined)(
  'requests of other clients (skipped: LLM_PROXY_SHARED is not set)',
  () => {
    const pairs = cases.filter(pair => pair.client_api === 'openai.chat' && ours.has(pair.upstream))
    test.each(pairs)('$id', pair => {
      const pin = pinned[`${pair.upstream} ${pair.scenario}${pair.stream ? ' stream' : ''}`]
      const expected = pair.upstream_request_expected
      if (expected === null) {
        expect(() => encode(pair)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }))
        return
      }
      if (pin?.fields.includes('refused') === true) {
        expect(() => encode(pair)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }))
        return
      }
      expect(differences(meaningOf(encode(pair)), meaningOf(expected))).toEqual(pin?.fields.toSorted() ?? [])
    })
  },
)
