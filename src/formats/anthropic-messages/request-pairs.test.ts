// One prompt as an OpenAI client and as a native client send it: translated, the first says what the second says.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openAiChat } from '../openai-chat/index.ts'
import { anthropicMessages } from './index.ts'
import { openSchemas, targetOf } from './messages.fixture.ts'
import pinnedJson from './request-pairs.pinned.json' with { type: 'json' }

type Json = Record<string, unknown>

interface Pair {
  readonly upstream: string
  readonly scenario: string
  readonly stream: boolean
  readonly request_in: Json
  readonly upstream_request_expected: Json
}

/** Scenarios whose requests differ on purpose: the fields as we write them, null for those that we leave out. */
const pinned: Readonly<Record<string, { fields: Json; reason: string }>> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const schemas = openSchemas(shared)

function listPairs(): readonly Pair[] {
  const path = `${shared}/cases/request_pairs.json`
  if (shared === undefined || !existsSync(path)) return []
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: readonly Pair[] }
  return cases.filter(({ upstream }) => upstream === 'anthropic.messages')
}

/** A string and a list with one text say the same, and so does a list of tools with or without its streaming. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const { eager_input_streaming: _streaming, ...fields } = value as Json
  const { content } = fields
  if (fields['type'] === 'tool_result' && typeof content === 'string')
    fields['content'] = [{ type: 'text', text: content }]
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, plain(inner)]))
}

describe.skipIf(shared === undefined)('pairs of requests (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(listPairs())(
    '$scenario, streamed: $stream',
    ({ scenario, request_in, upstream_request_expected }) => {
      const expected = { ...upstream_request_expected, ...pinned[scenario]?.fields }
      const conversation = openAiChat.chat?.decodeRequest(request_in, { model: null, streaming: null })
      if (conversation === undefined) throw new Error('chat completions are not translated')
      const target = targetOf(String(expected['model']))
      const { body } = anthropicMessages.chat.encodeRequest(conversation, target)
      schemas.request(body)
      const left = Object.entries(expected).filter(([, value]) => value !== null)
      expect(plain(body)).toEqual(plain(Object.fromEntries(left)))
    },
  )
})
