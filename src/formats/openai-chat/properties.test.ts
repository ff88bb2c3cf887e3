// What must hold for whatever is sent.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import type { Part } from '../../conversation/parts.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { openAiChat } from './index.ts'
import {
  anyCompletion,
  chat,
  conversation,
  decodeChunks,
  encode,
  encodeContext,
  encodeEvents,
} from './translation.fixture.ts'

const asked = conversation({ wantsStreamUsage: true })

/** What of an answer the format can say: its texts are one, and so are its thoughts. */
function meaningOf({ choices, usage }: Completion) {
  const join = (parts: readonly AnswerPart[], type: string): string =>
    parts.map(part => (part.type === type && 'text' in part ? part.text : '')).join('')
  return {
    usage,
    choices: choices.map(({ parts, finish }) => ({
      text: join(parts, 'text'),
      reasoning: join(parts, 'reasoning'),
      signatures: parts.flatMap(part => (part.type === 'reasoning' ? (part.signature ?? []) : [])),
      calls: parts.filter(part => part.type === 'tool_call'),
      reason: finish.reason,
    })),
  }
}

function readBack(events: Iterable<CompletionEvent>): Completion {
  return foldEvents(decodeChunks(encodeEvents(events, asked).map(({ data }) => data)))
}

test('an answer that was written is read as it was', () => {
  fc.assert(
    fc.property(anyCompletion, answer => {
      const read = chat.decodeResponse(chat.encodeResponse(answer, encodeContext()), {
        createId: () => 'made',
      })
      expect(meaningOf(read)).toEqual(meaningOf(answer))
    }),
  )
})

test('a stream that was written is read as it was', () => {
  fc.assert(
    fc.property(anyCompletion, answer => {
      expect(meaningOf(readBack(unfoldCompletion(answer)))).toEqual(meaningOf(answer))
    }),
  )
})

/** Parts that overlap, of several choices: each begins behind the one before it, and goes on when it likes. */
const anyStream: fc.Arbitrary<CompletionEvent[]> = fc
  .tuple(
    fc.array(fc.array(answerPart(), { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    fc.array(fc.nat(99)),
  )
  .map(([choices, picks]) => {
    const events: CompletionEvent[] = [{ type: 'start', id: 'a', model: 'm' }]
    const queues = choices.flatMap((parts, choice) =>
      parts.map((value, part) => ({ choice, part, queue: eventsOf(value, choice, part) })),
    )
    let turn = 0
    while (queues.some(({ queue }) => queue.length > 0)) {
      const ready = queues.filter(
        ({ choice, part, queue }) =>
          queue.length > 0 &&
          queues.every(
            other => other.choice !== choice || other.part >= part || other.queue[0]?.type !== 'part_start',
          ),
      )
      const next = ready[(picks[turn++ % Math.max(1, picks.length)] ?? 0) % ready.length]
      const event = next?.queue.shift()
      if (event !== undefined) events.push(event)
    }
    for (const choice of choices.keys()) events.push({ type: 'finish', choice, finish: { reason: 'stop' } })
    return [...events, { type: 'end' }]
  })

function answerPart(): fc.Arbitrary<AnswerPart> {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  return fc.oneof(
    text.map((value): AnswerPart => ({ type: 'text', text: value })),
    text.map((value): AnswerPart => ({ type: 'refusal', text: value })),
    text.map(
      (value): AnswerPart => ({
        type: 'reasoning',
        text: value,
        signature: 's',
        origin: 'anthropic-messages',
      }),
    ),
    fc.uuid().map((id): AnswerPart => ({ type: 'tool_call', id, name: 'f', arguments: '{"a":1}' })),
    fc.constant<AnswerPart>({ type: 'opaque', format: 'gemini', value: {} }),
    fc.constant<AnswerPart>({ type: 'image', source: { kind: 'url', url: 'https://a.example/b' } }),
  )
}

function eventsOf(value: AnswerPart, choice: number, part: number): CompletionEvent[] {
  const whole: Completion = {
    id: '',
    model: '',
    choices: [{ parts: [value], finish: { reason: 'stop' } }],
    usage: null,
  }
  return [...unfoldCompletion(whole)].flatMap(event => ('part' in event ? [{ ...event, choice, part }] : []))
}

interface Delta {
  readonly role?: string
  readonly tool_calls?: readonly { readonly index: number; readonly id?: string }[]
}

/** What a client relies on: the role first and once, calls counted from 0 and named once, nothing behind the end. */
class ClientOfChoice {
  #hasRole = false
  #calls = 0
  #finished = false

  read({ role, tool_calls: calls = [] }: Delta, reason: unknown): void {
    expect(this.#finished).toBe(false)
    expect(role !== undefined).toBe(!this.#hasRole)
    this.#hasRole = true
    for (const { index, id } of calls)
      if (id === undefined) expect(index).toBeLessThan(this.#calls)
      else expect(index).toBe(this.#calls++)
    this.#finished = reason !== null
  }

  get finished(): boolean {
    return this.#finished
  }
}

test('any legal stream of events makes a legal stream of chunks', () => {
  fc.assert(
    fc.property(anyStream, events => {
      const data = encodeEvents(events, asked).map(event => event.data)
      expect(data.at(-1)).toBe('[DONE]')
      const clients = new Map<unknown, ClientOfChoice>()
      const choices = data
        .slice(0, -1)
        .flatMap(text => (JSON.parse(text) as { choices: JsonObject[] }).choices)
      for (const { index, delta, finish_reason: reason } of choices) {
        const client = clients.get(index) ?? new ClientOfChoice()
        clients.set(index, client)
        client.read(delta as Delta, reason)
      }
      expect([...clients.values()].every(({ finished }) => finished)).toBe(true)
      expect(clients.size).toBe(events.filter(({ type }) => type === 'finish').length)
    }),
  )
})

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const userPart: fc.Arbitrary<Part> = fc.oneof(
  word.map((text): Part => ({ type: 'text', text })),
  word.map((data): Part => ({ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } })),
  word.map((id): Part => ({ type: 'file', source: { kind: 'file', id } })),
)
const said: fc.Arbitrary<Part> = word.map(text => ({ type: 'text', text }))
const anyMessage: fc.Arbitrary<Message[]> = fc.oneof(
  fc.array(userPart, { minLength: 1, maxLength: 3 }).map((parts): Message[] => [{ role: 'user', parts }]),
  said.map((part): Message[] => [{ role: 'system', parts: [part] }]),
  fc.tuple(said, word).map(([part, id]): Message[] => [
    { role: 'assistant', parts: [part, { type: 'tool_call', id, name: 'f', arguments: '{"a":1}' }] },
    { role: 'user', parts: [{ type: 'tool_result', callId: id, content: [{ type: 'text', text: 'ok' }] }] },
  ]),
)
const anyConversation: fc.Arbitrary<Conversation> = fc
  .record({
    messages: fc.array(anyMessage, { minLength: 1, maxLength: 5 }).map(groups => groups.flat()),
    sampling: fc.record(
      { maxTokens: fc.nat(), temperature: fc.double({ noNaN: true }) },
      { requiredKeys: [] },
    ),
    tools: fc.array(
      word.map(name => ({ type: 'function' as const, name })),
      { minLength: 1, maxLength: 3 },
    ),
    toolChoice: fc.constantFrom({ mode: 'auto' } as const, { mode: 'required' } as const),
    parallelToolCalls: fc.boolean(),
    user: word,
  })
  .map(fields => ({ model: 'm', streaming: false, ...fields }))

test('a request that was written is read as it was', () => {
  fc.assert(
    fc.property(anyConversation, value => {
      const { body, warnings } = encode(value, { quirks: null })
      expect(chat.decodeRequest(body, { model: null, streaming: null })).toEqual(value)
      expect(warnings).toEqual([])
    }),
  )
})

function throwsOnlyOurs(action: () => unknown): void {
  try {
    action()
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GatewayError)
  }
}

/** Bodies with the right names and wrong values. */
const broken = fc.jsonValue({ maxDepth: 3 })
const brokenMessage = fc.dictionary(
  fc.constantFrom(
    'role',
    'content',
    'tool_calls',
    'reasoning_details',
    'annotations',
    'audio',
    'images',
    'delta',
  ),
  broken,
)

test('no broken answer throws anything but an error of ours, whole or streamed', () => {
  const choice = fc.dictionary(
    fc.constantFrom('index', 'message', 'delta', 'finish_reason', 'logprobs'),
    fc.oneof(broken, brokenMessage),
  )
  const answer = fc.oneof(broken, fc.record({ choices: fc.oneof(broken, fc.array(choice)), usage: broken }))
  fc.assert(
    fc.property(answer, body => {
      throwsOnlyOurs(() => chat.decodeResponse(body, { createId: () => 'made' }))
      throwsOnlyOurs(() => decodeChunks([JSON.stringify(body), '[DONE]']))
    }),
  )
})

test('no broken request throws anything but an error of ours', () => {
  const request = fc.record(
    {
      model: fc.constant('m'),
      messages: fc.array(fc.oneof(broken, brokenMessage)),
      tools: fc.oneof(broken, fc.array(fc.record({ type: broken, function: broken, custom: broken }))),
      tool_choice: broken,
      response_format: broken,
      reasoning: broken,
      stop: broken,
    },
    { requiredKeys: ['model', 'messages'] },
  )
  fc.assert(
    fc.property(request, body => {
      throwsOnlyOurs(() => {
        openAiChat.checkRequest(body, { model: null, streaming: null })
        encode(chat.decodeRequest(body, { model: null, streaming: null }))
      })
    }),
  )
})
