// Cases of another gateway's translator between chat completions and messages: what goes in there comes out here.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { mendHistory } from '../../conversation/mend-history.ts'
import { GatewayError } from '../../errors.ts'
import { eventStream } from '../framing/event-stream.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { EventReader } from '../streams/event-reader.ts'
import { anthropicMessages } from './index.ts'
import { targetOf } from './messages.fixture.ts'
import pinnedJson from './translator-cases.pinned.json' with { type: 'json' }
import { readUsage } from './usage.ts'

type Json = Record<string, unknown>

interface Case {
  readonly id: string
  readonly client_api: string
  readonly upstream: string
  readonly kind: string
  readonly all_fields: Record<string, number | null> & { readonly expectErr?: boolean }
  readonly [field: string]: unknown
}

/** Cases that come out otherwise, each with its reason; `expected` is what we make of it. */
const pinned: Readonly<Record<string, { expected?: unknown; refused?: boolean; reason: string }>> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const address = { model: null, streaming: null }

function listCases(...kinds: readonly string[]): readonly Case[] {
  const path = `${shared}/cases/translator_cases.json`
  if (shared === undefined || !existsSync(path)) return []
  const cases = JSON.parse(readFileSync(path, 'utf8')) as readonly Case[]
  return cases.filter(({ upstream, kind }) => upstream === 'anthropic.messages' && kinds.includes(kind))
}

function encodeChat(body: Json): Json {
  openAiChat.checkRequest(body, address)
  const conversation = openAiChat.chat?.decodeRequest(body, address)
  if (conversation === undefined) throw new Error('chat completions are not translated')
  const { model } = body
  const target = targetOf(typeof model === 'string' ? model : 'claude-sonnet-4-5')
  return anthropicMessages.chat.encodeRequest(mendHistory(conversation), target).body
}

/** Whether the case is to be refused: by its source, unless we decide otherwise. */
function isRefused({ id, all_fields: fields }: Case): boolean {
  const pin = pinned[id]
  return pin === undefined ? fields.expectErr === true : pin.refused === true
}

function refuses(action: () => unknown): boolean {
  try {
    action()
    return false
  } catch (thrown) {
    if (thrown instanceof GatewayError) return true
    throw thrown
  }
}

/** Empty values say nothing, and `is_error: false` as much. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, inner]) => inner !== false && inner !== '' && inner !== null)
  return Object.fromEntries(kept.map(([name, inner]) => [name, plain(inner)]))
}

describe.skipIf(shared === undefined)('cases of a translator (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(listCases('request.messages'))('$id', given => {
    const body = { model: 'claude-sonnet-4-5', messages: given['request_part_in'] as Json[] }
    const pin = pinned[given.id]
    if (isRefused(given)) expect(refuses(() => encodeChat(body))).toBe(true)
    else {
      // The other translator takes messages out of their conversation: a call, and a result, have another half here.
      const turns = given['request_part_in'] as Json[]
      const before = turns.flatMap(({ role, tool_call_id: id }) =>
        role === 'tool' ? [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }] : [],
      )
      const called = before.length === 0 ? [] : [{ role: 'assistant', tool_calls: before }]
      const after = turns.some(turn => turn['tool_calls'] !== undefined)
        ? [{ role: 'user', content: 'so' }]
        : []
      const whole = [{ role: 'user', content: 'first' }, ...called, ...turns, ...after]
      const { messages } = encodeChat({ ...body, messages: whole }) as { messages: Json[] }
      const expected = (pin?.expected ?? given['upstream_request_part_expected']) as Json[]
      for (const turn of expected)
        expect(plain(messages)).toContainEqual(expect.objectContaining(containing(turn)))
    }
  })

  test.each(listCases('request.tools'))('$id', given => {
    const part = given['request_part_in'] as Json
    const body = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }], ...part }
    const pin = pinned[given.id]
    if (isRefused(given)) expect(refuses(() => encodeChat(body))).toBe(true)
    else expect(encodeChat(body)).toMatchObject((pin?.expected ?? {}) as object)
  })

  test.each(listCases('request.reasoning'))('$id', given => {
    const body = encodeChat(given['request_part_in'] as Json) as { output_config?: Json }
    const expected = pinned[given.id]?.expected ?? given['upstream_request_part_expected']
    expect(body.output_config?.['effort'] ?? '').toBe(expected)
  })

  test.each(listCases('response'))('$id', given => {
    const answer = given['upstream_response']
    const expected = given['client_response_expected'] as {
      usage: Json
      choices: { message: Json; finish_reason: string }[]
    }
    if (expected === null || answer === null) return
    const completion = anthropicMessages.chat.decodeResponse(
      { stop_reason: 'end_turn', ...(answer as Json) },
      { createId: () => 'i' },
    )
    const message = expected.choices[0]?.message
    const parts = completion.choices[0]?.parts ?? []
    const text = parts.map(part => (part.type === 'text' ? part.text : '')).join('')
    expect(text).toBe(message?.['content'] ?? '')
    const { inputUncached = 0, cacheRead = 0, cacheWrite5m = 0, outputText = 0 } = completion.usage ?? {}
    expect(inputUncached + cacheRead + cacheWrite5m).toBe(expected.usage['prompt_tokens'])
    expect(outputText).toBe(expected.usage['completion_tokens'])
    const calls = parts.flatMap(part => (part.type === 'tool_call' ? [part.name] : []))
    expect(calls).toEqual(
      ((message?.['tool_calls'] ?? []) as { function: Json }[]).map(call => call.function['name']),
    )
  })

  test.each(listCases('usage'))('$id', given => {
    const part = given['upstream_part']
    const { all_fields: fields } = given
    const counts =
      typeof part === 'number'
        ? {
            input_tokens: part,
            output_tokens: fields['outputTokens'],
            cache_read_input_tokens: fields['cacheReadTokens'],
            cache_creation_input_tokens: fields['cacheCreationTokens'],
          }
        : part
    const usage = readUsage(counts)
    const { inputUncached = 0, cacheRead = 0, cacheWrite5m = 0, outputText } = usage ?? {}
    expect(inputUncached + cacheRead + cacheWrite5m).toBe(given['client_part_expected'])
    expect(outputText).toBe(fields['expectedOutputTokens'])
    expect(cacheRead).toBe(fields['expectedCachedTokens'])
  })

  test.each(listCases('stream.usage'))('$id', given => {
    const part = given['upstream_part']
    const events: CompletionEvent[] = []
    const decoder = anthropicMessages.chat.openDecoder({ createId: () => 'i' }, event => events.push(event))
    const reader = new EventReader(eventStream, event => {
      decoder.push(event)
      return true
    })
    const bytes = Buffer.from(typeof part === 'string' ? part : streamOf(given))
    for (const block of [reader.split(bytes), reader.rest()]) if (block !== null) reader.read(block)
    const { usage } = foldEvents(events)
    const { inputUncached = 0, cacheRead = 0, cacheWrite5m = 0 } = usage ?? {}
    const expected = given['client_part_expected']
    if (typeof expected === 'number') expect(inputUncached + cacheRead + cacheWrite5m).toBe(expected)
    else expect(usage).not.toBeNull()
  })
})

function containing(turn: Json): Json {
  const content = plain(turn['content'])
  return {
    role: turn['role'],
    content: expect.arrayContaining(
      (content as Json[]).map(block => expect.objectContaining(block) as unknown),
    ) as unknown,
  }
}

function streamOf({ upstream_part: input, all_fields: fields }: Case): string {
  const start = {
    input_tokens: input,
    cache_read_input_tokens: fields['messageStartCacheRead'],
    cache_creation_input_tokens: fields['messageStartCacheCreation'],
    output_tokens: 1,
  }
  const end = {
    input_tokens: fields['messageDeltaInputTokens'],
    cache_read_input_tokens: fields['messageDeltaCacheRead'],
    cache_creation_input_tokens: fields['messageDeltaCacheCreation'],
    output_tokens: fields['messageDeltaOutputTokens'],
  }
  const events = [
    { type: 'message_start', message: { id: 'a', model: 'm', content: [], usage: start } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: end },
    { type: 'message_stop' },
  ]
  return events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')
}
