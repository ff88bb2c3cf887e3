// What holds for whatever is said: nothing is lost on the way there and back, every legal stream makes a legal one, no
// input breaks anything, and no cut of the bytes makes a difference.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completion } from '../../conversation/arbitrary.fixture.ts'
import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { CompletionEvent, PartOpening } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import type { Part } from '../../conversation/parts.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import {
  cut,
  encodeContext,
  foldStream,
  plainConversation,
  read,
  readChunks,
  targetOf,
  writeStream,
} from './gemini.fixture.ts'
import { gemini } from './index.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,11}$/)
const json = fc
  .dictionary(word, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 })
  .map(value => JSON.stringify(value))
const signature = fc.stringMatching(/^[A-Za-z0-9+/]{4,12}$/)
/** Whole base64: what is not gets completed. */
const bytes = fc
  .uint8Array({ minLength: 1, maxLength: 9 })
  .map(value => Buffer.from(value).toString('base64'))

/** As this format can say it: thoughts of its own, ids that are told apart, no count of writes to a cache. */
function sayable(answer: Completion): Completion {
  const choices = answer.choices.map(choice => {
    const parts = choice.parts.map((part, index): AnswerPart => {
      if (part.type === 'reasoning') return { ...part, origin: 'gemini' }
      return part.type === 'tool_call' ? { ...part, id: `${part.id}${index}` } : part
    })
    const own = parts.length === 0 ? { reason: 'length' as const, native: 'MAX_TOKENS' } : choice.finish
    return { ...choice, parts, finish: { ...own, native: own.native ?? 'STOP' } }
  })
  const usage = answer.usage && { ...answer.usage, cacheWrite5m: 0 }
  return { ...answer, created: 1_700_000_000, choices, usage }
}

test('an answer that was written is read again', () => {
  fc.assert(
    fc.property(completion, generated => {
      const answer = sayable(generated)
      expect(read(gemini.chat.encodeResponse(answer, encodeContext()))).toEqual(answer)
    }),
  )
})

/** Neighbours of one kind run together in a stream. */
function joined(answer: Completion): Completion {
  const choices = answer.choices.map(choice => {
    const parts: AnswerPart[] = []
    for (const part of choice.parts) {
      const last = parts.at(-1)
      if (last?.type === 'text' && part.type === 'text')
        parts[parts.length - 1] = { type: 'text', text: last.text + part.text }
      else if (last?.type === 'reasoning' && part.type === 'reasoning' && last.signature === undefined)
        parts[parts.length - 1] = { ...part, text: last.text + part.text }
      else parts.push(part)
    }
    return { ...choice, parts }
  })
  return { ...answer, choices }
}

test('a stream that was written is read again', () => {
  fc.assert(
    fc.property(completion, generated => {
      const { created: _created, ...answer } = joined(sayable(generated))
      expect(foldEvents(readChunks(writeStream(unfoldCompletion(sayable(generated)))))).toEqual(answer)
    }),
  )
})

const opening: fc.Arbitrary<PartOpening> = fc.oneof(
  fc.constant<PartOpening>({ type: 'text' }),
  fc.constant<PartOpening>({ type: 'refusal' }),
  fc.constantFrom('gemini', 'another').map((origin): PartOpening => ({ type: 'reasoning', origin })),
  fc.record({ id: word, name: word }).map((call): PartOpening => ({ type: 'tool_call', ...call })),
)

const partEvents = fc
  .tuple(opening, fc.array(text, { maxLength: 3 }), fc.option(signature), json)
  .map(([opens, pieces, signed, args]) => ({
    opens,
    signed,
    pieces: opens.type === 'tool_call' ? [args] : pieces,
  }))

/** Any legal stream: parts begin in their order and overlap as they like. */
const legalStream = fc
  .tuple(
    fc.array(fc.array(partEvents, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    fc.infiniteStream(fc.nat(1000)),
  )
  .map(([choices, random]) => {
    const dice = random[Symbol.iterator]()
    const roll = (sides: number): number => (dice.next().value as number) % sides
    const events: CompletionEvent[] = [{ type: 'start', id: 'a', model: 'm' }]
    const queues = choices.map((parts, choice) =>
      parts.map(({ opens, pieces, signed }, part): CompletionEvent[] => [
        { type: 'part_start', choice, part, opening: opens },
        ...pieces.map((piece): CompletionEvent => ({ type: 'part_delta', choice, part, text: piece })),
        ...(signed === null || opens.type === 'text' || opens.type === 'refusal'
          ? []
          : [{ type: 'part_detail', choice, part, detail: { signature: signed } } as const]),
        { type: 'part_end', choice, part },
      ]),
    )
    const started = choices.map(() => 0)
    for (;;) {
      const able = queues.flatMap((parts, choice) =>
        parts.flatMap((queue, part) =>
          queue.length > 0 && part <= (started[choice] ?? 0) ? [{ queue, choice, part }] : [],
        ),
      )
      const chosen = able[able.length === 0 ? 0 : roll(able.length)]
      if (chosen === undefined) break
      const event = chosen.queue.shift()
      if (event === undefined) break
      if (event.type === 'part_start')
        started[chosen.choice] = Math.max(started[chosen.choice] ?? 0, chosen.part + 1)
      events.push(event)
    }
    for (const choice of choices.keys()) events.push({ type: 'finish', choice, finish: { reason: 'stop' } })
    events.push({ type: 'end' })
    return events
  })

test('any legal stream makes a stream whose chunks are whole answers, with every text and call in its order', () => {
  fc.assert(
    fc.property(legalStream, events => {
      const chunks = writeStream(events)
      for (const chunk of chunks)
        for (const candidate of chunk['candidates'] as JsonObject[])
          expect((candidate['content'] as { parts: unknown[] }).parts.length).toBeGreaterThan(0)
      const told = foldEvents(events)
      const read = foldEvents(readChunks(chunks))
      const meaning = ({ choices }: Completion) =>
        choices.map(({ parts }) => ({
          said: parts
            .map(part => (part.type === 'text' || part.type === 'refusal' ? part.text : ''))
            .join(''),
          thought: parts.map(part => (part.type === 'reasoning' ? part.text : '')).join(''),
          calls: parts.flatMap(part =>
            part.type === 'tool_call' ? [[part.id, part.name, JSON.parse(part.arguments)]] : [],
          ),
        }))
      expect(meaning(read)).toEqual(meaning(told))
    }),
  )
})

const part: fc.Arbitrary<Part> = fc.oneof(
  text.map((value): Part => ({ type: 'text', text: value })),
  fc
    .record({ mediaType: fc.constantFrom('image/png', 'audio/wav', 'application/pdf'), data: bytes })
    .map(({ mediaType, data }): Part => {
      const type = mediaType.startsWith('image') ? 'image' : mediaType.startsWith('audio') ? 'audio' : 'file'
      return { type, source: { kind: 'base64', mediaType, data } }
    }),
)
const call = fc
  .record({ name: word, arguments: json, signature })
  .map((value): Part & { type: 'tool_call' } => ({ type: 'tool_call', id: '', ...value }))
const turn = fc.tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.array(call, { maxLength: 3 }), text)

/** Questions, answers with calls, their results. */
const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
    system: fc.option(text),
    temperature: fc.integer({ min: 0, max: 2 }),
    stop: fc.array(word, { minLength: 1, maxLength: 5 }),
  })
  .map(({ turns, system, temperature, stop }) => ({
    ...plainConversation,
    messages: [
      ...(system === null
        ? []
        : [{ role: 'system' as const, parts: [{ type: 'text' as const, text: system }] }]),
      ...turns.flatMap(([asked, calls, answer], index) => {
        const named = calls.map((one, place) => ({ ...one, id: `c${index}x${place}` }))
        const results = named.map(
          ({ id, name }): Part => ({
            type: 'tool_result',
            callId: id,
            name,
            content: [{ type: 'text', text: 'r' }],
          }),
        )
        return [
          { role: 'user' as const, parts: asked },
          ...(named.length === 0
            ? []
            : [
                { role: 'assistant' as const, parts: named },
                { role: 'user' as const, parts: results },
              ]),
          { role: 'assistant' as const, parts: [{ type: 'text' as const, text: answer }] },
        ]
      }),
    ],
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } },
    ],
    toolChoice: { mode: 'auto' },
    sampling: { temperature, stop },
    output: { type: 'json_schema', schema: { type: 'object', properties: { a: { type: 'string' } } } },
    reasoning: { effort: 'low', visible: true },
  }))

test('a conversation that was written is read again', () => {
  fc.assert(
    fc.property(conversation, asked => {
      const { body, warnings } = gemini.chat.encodeRequest(asked, targetOf('gemini-3-flash-preview'))
      expect(warnings).toEqual([])
      gemini.checkRequest(body, { model: asked.model, streaming: false })
      expect(gemini.chat.decodeRequest(body, { model: asked.model, streaming: false })).toEqual(asked)
    }),
  )
})

const names = [
  'contents',
  'parts',
  'text',
  'role',
  'functionCall',
  'functionResponse',
  'name',
  'args',
  'response',
  'inlineData',
  'fileData',
  'tools',
  'functionDeclarations',
  'parameters',
  'toolConfig',
  'functionCallingConfig',
  'generationConfig',
  'thinkingConfig',
  'responseSchema',
  'responseMimeType',
  'systemInstruction',
  'candidates',
  'content',
  'finishReason',
  'promptFeedback',
  'usageMetadata',
  'groundingMetadata',
  'groundingSupports',
  'segment',
  'citationMetadata',
  'logprobsResult',
  'chosenCandidates',
  'partialArgs',
  'jsonPath',
  'stringValue',
  'willContinue',
  'thought',
  'index',
  'error',
  'details',
] as const
const anything: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  node: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    fc.constantFrom(null, true, 0, -1, 1.5, '', 'STOP', 'model', '$.a[0]', 'application/json', '__proto__'),
    fc.dictionary(fc.constantFrom(...names), tie('node'), { maxKeys: 5 }),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
})).node
const broken = fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 6 })

/** Nothing but our own errors, of the kinds that are expected. */
function survive(codes: RegExp, action: () => unknown): void {
  try {
    action()
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    expect(thrown.code).toMatch(codes)
  }
}

const request = /^(?:invalid_request|unsupported_parameter)$/
const upstream = /^(?:upstream_|content_filter|context_length)/

test('no request breaks anything, and none that was checked is refused as broken', () => {
  fc.assert(
    fc.property(broken, body => {
      survive(/^invalid_request$/, () => {
        gemini.checkRequest(body, { model: 'm', streaming: false })
        const asked = gemini.chat.decodeRequest(body, { model: 'm', streaming: false })
        survive(request, () => gemini.chat.encodeRequest(asked, targetOf('gemini-2.0-flash')))
      })
      gemini.chat.decodeRequest(body, { model: 'm', streaming: false })
    }),
    { numRuns: 300 },
  )
})

test('no answer and no stream breaks anything', () => {
  fc.assert(
    fc.property(fc.oneof(broken, anything), fc.array(broken, { maxLength: 4 }), (body, chunks) => {
      survive(upstream, () => gemini.chat.encodeResponse(read(body), encodeContext()))
      survive(upstream, () => writeStream(readChunks(chunks)))
      const bytes = Buffer.from(JSON.stringify(body))
      survive(upstream, () => gemini.readAnswer(bytes))
      expect(gemini.decodeError({ status: 500, headers: {}, body: bytes }).message).not.toBe('')
    }),
    { numRuns: 300 },
  )
})

test('however a stream is cut, it says the same', () => {
  fc.assert(
    fc.property(completion, fc.integer({ min: 1, max: 50 }), (generated, size) => {
      const chunks = writeStream(unfoldCompletion(sayable(generated)))
      const bytes = Buffer.from(chunks.map(chunk => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(''))
      expect(foldStream(cut(bytes, size))).toEqual(foldStream([bytes]))
    }),
  )
})
