// The same prompt as two independent clients write it: as a chat completion, and for this API. What the one asks must
// come out as what the other sends.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { adaptConversation } from '../../conversation/adapt.ts'
import { mendHistory } from '../../conversation/mend-history.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { bedrockConverse } from './index.ts'
import pinnedJson from './pairs.pinned.json' with { type: 'json' }

const shared = process.env['LLM_PROXY_SHARED']
const skipped = shared === undefined || !existsSync(`${shared}/cases/request_pairs.json`)

interface Pair {
  readonly id: string
  readonly upstream: string
  readonly stream?: boolean
  readonly request_in: JsonObject
  readonly upstream_request_expected: JsonObject | null
}

/** Pairs that come out otherwise, each with its reason: fields of the expected request that are replaced, or a refusal. */
const pinned: Readonly<Record<string, { expected?: JsonObject; refused?: string; reason: string }>> =
  pinnedJson

function readCases(file: string): readonly Pair[] {
  if (skipped) return []
  const cases = JSON.parse(readFileSync(`${shared}/cases/${file}`, 'utf8')) as Pair[] | Record<string, Pair[]>
  const all = Array.isArray(cases) ? cases : (Object.values(cases).find(Array.isArray) ?? [])
  return all.filter(
    ({ upstream, request_in: asked, upstream_request_expected: sent }) =>
      upstream === 'bedrock.converse' && isObject(asked) && isObject(sent),
  )
}

function translate({ request_in: asked, stream = false }: Pair): JsonObject {
  const { chat: client } = openAiChat
  const { chat: upstream } = bedrockConverse
  if (client === undefined || upstream === undefined) throw new Error('both formats have conversations')
  const address = { model: null, streaming: null }
  const conversation = mendHistory(client.decodeRequest({ ...asked, stream }, address))
  const model = conversation.model.replace('bedrock/', '')
  const target = { model, maxOutputTokens: null, streamUsage: 'reject', quirks: {} } as const
  const adapted = adaptConversation(conversation, upstream.abilities(target))
  return upstream.encodeRequest(adapted.conversation, target).body
}

/** Without what says nothing, and without what is asked for beside the answer. */
function comparable(body: JsonObject): JsonObject {
  const { additionalModelResponseFieldPaths: _paths, ...rest } = body
  return Object.fromEntries(
    Object.entries(rest).filter(
      ([, value]) => !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  )
}

describe.skipIf(skipped)('pairs of requests (LLM_PROXY_SHARED is not set: skipped)', () => {
  const pairs = [...readCases('request_pairs.json'), ...readCases('translator_cases.json')]

  test.each(pairs)('$id', pair => {
    const pin = pinned[pair.id]
    if (pin?.refused !== undefined) {
      let refused: unknown
      try {
        translate(pair)
      } catch (thrown) {
        refused = thrown
      }
      expect(refused).toBeInstanceOf(GatewayError)
      expect((refused as GatewayError).param).toBe(pin.refused)
      return
    }
    expect(comparable(translate(pair))).toEqual(
      comparable({ ...pair.upstream_request_expected, ...pin?.expected }),
    )
  })

  test('every pin is of a pair', () => {
    expect(pairs.length).toBeGreaterThan(85)
    expect(Object.keys(pinned).filter(id => !pairs.some(pair => pair.id === id))).toEqual([])
  })
})
