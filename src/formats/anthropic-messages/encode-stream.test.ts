import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerPart, completion } from '../../conversation/arbitrary.fixture.ts'
import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import type { Part } from '../../conversation/parts.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject, WireEvent } from '../format.ts'
import { encodeAnswerPart } from './encode-answer.ts'
import { anthropicMessages } from './index.ts'
import { dataOf, messageContext, openSchemas, readEvents } from './messages.fixture.ts'

const schemas = openSchemas(process.env['LLM_PROXY_SHARED'])

const start: CompletionEvent = { type: 'start', id: 'a', model: 'm' }
const finish: CompletionEvent = { type: 'finish', choice: 0, finish: { reason: 'stop' } }
const end: CompletionEvent = { type: 'end' }
const open = (part: number, opening: Extract<CompletionEvent, { type: 'part_start' }>['opening']) =>
  ({ type: 'part_start', choice: 0, part, opening }) as const
const delta = (part: number, text: string) => ({ type: 'part_delta', choice: 0, part, text }) as const
const close = (part: number) => ({ type: 'part_end', choice: 0, part }) as const
const callOf = (id: string) => ({ type: 'tool_call', id, name: 'look' }) as const

/** The grammar that clients hold us to; gives the blocks as a client collects them. */
function readAsClient(events: readonly WireEvent[]): readonly JsonObject[] {
  const blocks: { kind: string; text: string; block: JsonObject }[] = []
  let openIndex: number | null = null
  expect(events[0]?.name).toBe('message_start')
  expect(events.slice(-2).map(({ name }) => name)).toEqual(['message_delta', 'message_stop'])
  for (const event of events) {
    schemas.event(event)
    const data = dataOf(event)
    const block = data['content_block'] as JsonObject | undefined
    const change = data['delta'] as JsonObject | undefined
    if (event.name === 'content_block_start' && block !== undefined) {
      expect(openIndex).toBeNull()
      expect(data['index']).toBe(blocks.length)
      openIndex = blocks.length
      blocks.push({ kind: String(block['type']), text: '', block })
    } else if (event.name === 'content_block_delta' && change !== undefined) {
      expect(data['index']).toBe(openIndex)
      const text = (change['text'] ?? change['thinking'] ?? change['partial_json'] ?? '') as string
      const current = blocks[openIndex ?? -1]
      if (current !== undefined) current.text += text
    } else if (event.name === 'content_block_stop') {
      expect(data['index']).toBe(openIndex)
      openIndex = null
    } else expect(openIndex).toBeNull()
  }
  return blocks.map(({ kind, text, block }) => ({ kind, text, id: block['id'] }))
}

describe('blocks never overlap', () => {
  test('calls that came at the same time come one after the other, with index from 0', () => {
    const events = readEvents([
      start,
      open(0, callOf('a')),
      delta(0, '{"x"'),
      open(1, callOf('b')),
      delta(1, '{"y":'),
      delta(0, ':1}'),
      delta(1, '2}'),
      close(1),
      close(0),
      finish,
      end,
    ])
    expect(readAsClient(events)).toEqual([
      { kind: 'tool_use', id: 'a', text: '{"x":1}' },
      { kind: 'tool_use', id: 'b', text: '{"y":2}' },
    ])
  })

  test('a thought ends before the text begins, and an empty text leaves no block', () => {
    const events = readEvents([
      start,
      open(0, { type: 'text' }),
      open(1, { type: 'reasoning', origin: 'openai-chat' }),
      delta(1, 'hm'),
      close(0),
      open(2, { type: 'text' }),
      delta(2, 'so'),
      close(1),
      delta(2, '!'),
      close(2),
      finish,
      end,
    ])
    expect(readAsClient(events)).toMatchObject([
      { kind: 'thinking', text: 'hm' },
      { kind: 'text', text: 'so!' },
    ])
  })

  test('parts that nobody closed are closed at the end', () => {
    const events = readEvents([
      start,
      open(0, callOf('a')),
      open(1, callOf('b')),
      delta(1, '{}'),
      finish,
      end,
    ])
    expect(readAsClient(events)).toMatchObject([{ id: 'a' }, { id: 'b', text: '{}' }])
  })
})

describe('counts', () => {
  const usage = {
    inputUncached: 5,
    cacheRead: 3,
    cacheWrite5m: 2,
    cacheWrite1h: 1,
    outputText: 7,
    outputReasoning: 4,
    audioInput: 0,
    audioOutput: 0,
  }

  test('the beginning has an estimate above zero, and the end the upstream’s numbers', () => {
    const events = readEvents([
      start,
      open(0, { type: 'text' }),
      delta(0, 'hi'),
      close(0),
      finish,
      { type: 'usage', usage },
      end,
    ])
    const [first, last] = [dataOf(events[0] as WireEvent), dataOf(events.at(-2) as WireEvent)]
    expect(first).toMatchObject({ message: { usage: { input_tokens: 7, output_tokens: 0 } } })
    expect(last['usage']).toMatchObject({
      input_tokens: 5,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 3,
      output_tokens: 11,
      output_tokens_details: { thinking_tokens: 4 },
    })
  })

  test('an upstream that counts first is believed first', () => {
    const events = readEvents([start, { type: 'usage', usage }, finish, end])
    expect(dataOf(events[0] as WireEvent)).toMatchObject({ message: { usage: { input_tokens: 5 } } })
  })

  test('an upstream that counts nothing leaves estimates, none of them zero', () => {
    const events = readEvents(
      [start, open(0, { type: 'text' }), delta(0, 'hello there'), close(0), finish, end],
      {
        ...messageContext(),
        inputTokens: 0,
      },
    )
    expect(dataOf(events.at(-2) as WireEvent)['usage']).toMatchObject({ input_tokens: 1, output_tokens: 3 })
  })
})

test.each([
  [{ reason: 'stop' }, 'end_turn', null],
  [{ reason: 'stop', native: 'stop', stopSequence: 'END' }, 'stop_sequence', 'END'],
  [{ reason: 'tool_calls', native: 'stop' }, 'tool_use', null],
  [{ reason: 'length', native: 'MAX_TOKENS' }, 'max_tokens', null],
  [{ reason: 'length', native: 'model_context_window_exceeded' }, 'model_context_window_exceeded', null],
  [{ reason: 'content_filter' }, 'refusal', null],
  [{ reason: 'pause', native: 'pause_turn' }, 'pause_turn', null],
] as const)('the end %j is told as %s', (reason, stop_reason, stop_sequence) => {
  const events = readEvents([start, { type: 'finish', choice: 0, finish: reason }, end])
  expect(dataOf(events.at(-2) as WireEvent)['delta']).toMatchObject({ stop_reason, stop_sequence })
})

test('an empty answer is a whole message', () => {
  expect(readAsClient(readEvents([start, finish, end]))).toEqual([])
})

test('an answer without id or model gets them from the exchange', () => {
  const [event] = readEvents([{ type: 'start', id: '', model: '' }, finish, end])
  expect(dataOf(event as WireEvent)).toMatchObject({ message: { id: 'msg_exchange1', model: 'asked-model' } })
})

test('a failure is an event of its own, with the id of the exchange', () => {
  const written: WireEvent[] = []
  const encoder = anthropicMessages.chat.openEncoder(messageContext(), event => written.push(event))
  for (const event of [start, open(0, { type: 'text' }), delta(0, 'hi')]) encoder.push(event)
  encoder.fail(new GatewayError('upstream_truncated'))
  const last = written.at(-1) as WireEvent
  expect(last.name).toBe('error')
  expect(dataOf(last)).toMatchObject({ type: 'error', error: { type: 'api_error' }, request_id: 'exchange1' })
})

describe('what other vendors have', () => {
  test('pictures become links in the text, transcripts text, and foreign opaque parts nothing', () => {
    const source = { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } as const
    const values: AnswerPart[] = [
      { type: 'image', source },
      { type: 'audio', source: { ...source, mediaType: 'audio/wav' }, transcript: 'said' },
      { type: 'opaque', format: 'gemini', value: { executableCode: {} } },
      { type: 'opaque', format: 'anthropic-messages', value: { type: 'container_upload', file_id: 'f' } },
      { type: 'refusal', text: 'No.' },
    ]
    const answer: Completion = {
      id: 'a',
      model: 'm',
      choices: [{ parts: values, finish: { reason: 'stop' } }],
      usage: null,
    }
    const expected = [
      { kind: 'text', text: '![image](data:image/png;base64,AAAA)' },
      { kind: 'text', text: 'said' },
      { kind: 'container_upload', text: '' },
      { kind: 'text', text: 'No.' },
    ]
    expect(readAsClient(readEvents(unfoldCompletion(answer)))).toMatchObject(expected)
    const message = anthropicMessages.chat.encodeResponse(answer, messageContext())
    schemas.message(message)
    expect((message['content'] as JsonObject[]).map(({ type }) => type)).toEqual(
      expected.map(({ kind }) => kind),
    )
  })

  test('the text of a custom tool is a field of its arguments, streamed as whole', () => {
    const call = { type: 'tool_call', id: 'c', name: 'f', custom: true } as const
    const texts = ['say "', 'hi\n', '{"a":1}']
    const events = readEvents([
      start,
      open(0, call),
      ...texts.map(text => delta(0, text)),
      close(0),
      open(1, callOf('d')),
      delta(1, '[1]'),
      close(1),
      finish,
      end,
    ])
    const [custom, list] = readAsClient(events).map(({ text }) => JSON.parse(String(text)) as unknown)
    expect(custom).toEqual({ input: texts.join('') })
    expect(list).toEqual({ _value: [1] })
    const whole = encodeAnswerPart({ ...call, arguments: texts.join('') })
    expect(whole).toMatchObject({ input: custom })
  })

  test('sources on the web become citations', () => {
    const events = readEvents([
      start,
      open(0, { type: 'text' }),
      delta(0, 'so'),
      {
        type: 'part_detail',
        choice: 0,
        part: 0,
        detail: { citation: { url: 'https://x.example', title: 'X' } },
      },
      close(0),
      finish,
      end,
    ])
    readAsClient(events)
    expect(dataOf(events[3] as WireEvent)).toMatchObject({
      delta: { citation: { type: 'web_search_result_location', url: 'https://x.example', title: 'X' } },
    })
  })
})

/** A legal stream of parts in any interleaving: every part opens in order, and each says its pieces in order. */
const interleaved: fc.Arbitrary<readonly CompletionEvent[]> = fc
  .tuple(fc.array(answerPart, { maxLength: 6 }), fc.infiniteStream(fc.nat(99)))
  .map(([parts, picks]) => {
    const answer: Completion = {
      id: 'a',
      model: 'm',
      choices: [{ parts, finish: { reason: 'stop' } }],
      usage: null,
    }
    const queues = new Map<number, CompletionEvent[]>()
    for (const event of unfoldCompletion(answer))
      if ('part' in event) queues.set(event.part, [...(queues.get(event.part) ?? []), event])
    const mixed: CompletionEvent[] = [start]
    const opened: CompletionEvent[][] = []
    const waiting = [...queues.values()]
    while (waiting.length + opened.length > 0) {
      const pick = (picks.next().value as number) % (opened.length + (waiting.length > 0 ? 1 : 0))
      const queue = opened[pick] ?? waiting.shift() ?? []
      const event = queue.shift()
      if (event !== undefined) mixed.push(event)
      if (queue.length > 0 && !opened.includes(queue)) opened.push(queue)
      if (queue.length === 0 && opened.includes(queue)) opened.splice(opened.indexOf(queue), 1)
    }
    return [...mixed, finish, end]
  })

test('any legal stream is a legal stream of messages, and says the same', () => {
  fc.assert(
    fc.property(interleaved, events => {
      const wire = readEvents(events)
      readAsClient(wire)
      expect(readBack(wire)).toEqual(spoken(foldEvents(events)))
    }),
  )
})

test('any answer is a message, and says the same', () => {
  fc.assert(
    fc.property(completion, answer => {
      const message = anthropicMessages.chat.encodeResponse(answer, messageContext())
      schemas.message(message)
      expect(sentBack(message)).toEqual(spoken(answer))
      const { usage } = anthropicMessages.chat.decodeResponse(message, { createId: () => 'id' })
      if (answer.usage !== null) expect(usage).toEqual(answer.usage)
    }),
  )
})

/** What a client gets of the events, and sends back with its next request. */
function readBack(wire: readonly WireEvent[]) {
  const events: CompletionEvent[] = []
  const decoder = anthropicMessages.chat.openDecoder({ createId: () => 'id' }, event => events.push(event))
  for (const event of wire) decoder.push(event)
  decoder.finish()
  return sentBack(anthropicMessages.chat.encodeResponse(foldEvents(events), messageContext()))
}

function sentBack({ content }: JsonObject) {
  const body = { model: 'm', messages: [{ role: 'assistant', content }] }
  const { messages } = anthropicMessages.chat.decodeRequest(body, { model: null, streaming: null })
  return comparable(messages[0]?.parts ?? [])
}

function spoken({ choices }: Completion) {
  return comparable(choices[0]?.parts ?? [])
}

/** Thoughts of which nothing is known but that they were are not told, and arguments may be written otherwise. */
function comparable(parts: readonly Part[]) {
  return parts
    .filter(part => part.type !== 'reasoning' || part.text !== '' || part.signature !== undefined)
    .map(part =>
      part.type === 'tool_call'
        ? { ...part, arguments: JSON.parse(part.arguments || '{}') as unknown }
        : part,
    )
}
