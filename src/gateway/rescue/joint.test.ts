import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../../call.ts'
import type { AnswerPart } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { GatewayError } from '../../errors.ts'
import type { ChatTranslation, EncodeContext, Format, WireEvent } from '../../formats/format.ts'
import { formats } from '../../formats/index.ts'
import { addUsage } from '../account.ts'
import { Joint } from './joint.ts'
import type { JointKind } from './match-sent.ts'
import { type PartialAnswer, readPartialAnswer } from './partial-answer.ts'

const clients = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'cohere-chat',
  'bedrock-converse',
  'ollama-chat',
] as const

type ChatFormat = Format & { readonly chat: ChatTranslation }

function formatOf(name: string): ChatFormat {
  const format = formats[name]
  if (format?.chat === undefined) throw new Error(`no conversations in ${name}`)
  return format as ChatFormat
}

const usage: Usage = {
  inputUncached: 7,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 5,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

const asked = { model: 'm', streaming: true, messages: [], tools: [], sampling: {}, wantsStreamUsage: true }

function context(): EncodeContext<typeof asked> {
  let ids = 0
  return { asked, id: 'req_1', created: 1, inputTokens: 1, createId: () => `id${ids++}` }
}

function answer(...parts: readonly AnswerPart[]): readonly CompletionEvent[] {
  return [
    ...unfoldCompletion({
      id: 'answer1',
      model: 'm',
      choices: [{ parts, finish: { reason: 'stop' } }],
      usage,
    }),
  ]
}

const text = (words: string): AnswerPart => ({ type: 'text', text: words })
const thought = (words: string): AnswerPart => ({ type: 'reasoning', text: words })

/** The deltas of a text one letter each. */
function spell(events: readonly CompletionEvent[]): readonly CompletionEvent[] {
  return events.flatMap((event): readonly CompletionEvent[] =>
    event.type === 'part_delta' ? Array.from(event.text, letter => ({ ...event, text: letter })) : [event],
  )
}

function write(format: ChatFormat, events: readonly CompletionEvent[]): readonly WireEvent[] {
  const wire: WireEvent[] = []
  const encoder = format.chat.openEncoder(context(), event => wire.push(event))
  for (const event of events) encoder.push(event)
  return wire
}

function decode(format: ChatFormat, wire: readonly WireEvent[]): ReturnType<typeof foldEvents> {
  const events: CompletionEvent[] = []
  const decoder = format.chat.openDecoder({ createId: () => 'x' }, event => events.push(event))
  for (const event of wire) decoder.push(event)
  decoder.finish()
  expect(events.filter(({ type }) => type === 'start')).toHaveLength(1)
  expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1)
  return foldEvents(events)
}

function partialOf(format: ChatFormat, wire: readonly WireEvent[]): PartialAnswer | string {
  return readPartialAnswer(format.framing.frame(wire), format)
}

/** What the client gets after what it was sent. */
function join(
  format: ChatFormat,
  partial: PartialAnswer,
  {
    kind,
    events,
    spent = null,
  }: { kind: JointKind; events: readonly CompletionEvent[]; spent?: Usage | null },
): readonly WireEvent[] {
  const written: WireEvent[] = []
  let primed = false
  const pass = (event: WireEvent): void => {
    if (primed) written.push(event)
  }
  const replay = (encoder: { push(event: CompletionEvent): void }): void => {
    for (const event of partial.events) encoder.push(event)
  }
  let encoder = format.chat.resumeEncoder?.(context(), pass, { wire: partial.wire, replay })
  if (encoder === undefined) {
    encoder = format.chat.openEncoder(context(), pass)
    replay(encoder)
  }
  primed = true
  const joint = new Joint({ kind, partial, spent, encoder })
  for (const event of events) joint.push(event)
  return written
}

function readable(partial: PartialAnswer | string): PartialAnswer {
  if (typeof partial === 'string') throw new Error(partial)
  return partial
}

const phrase = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .filter(words => words.trim() !== '')

describe.each(clients)('a stream of %s', name => {
  const format = formatOf(name)

  test('that was cut anywhere in its text and is gone on with is one stream', () => {
    fc.assert(
      fc.property(fc.tuple(phrase, phrase), fc.boolean(), fc.nat(), ([begun, more], thinks, cut) => {
        const first = write(format, spell(answer(...(thinks ? [thought('hm')] : []), text(begun))))
        const sent = first.slice(0, 1 + (cut % first.length))
        const partial = partialOf(format, sent)
        fc.pre(typeof partial !== 'string' && partial.text.trim() !== '')
        const rest = join(format, readable(partial), {
          kind: 'continuation',
          events: spell(answer(thought('anew'), text(`+${more}`))),
        })
        const whole = decode(format, [...sent, ...rest])
        const said = whole.choices[0]?.parts.flatMap(part => (part.type === 'text' ? part.text : [])).join('')
        expect(said).toBe(`${readable(partial).text}+${more}`)
        expect(JSON.stringify(whole)).not.toContain('anew')
      }),
      { numRuns: 60 },
    )
  })

  test('that was cut anywhere goes on with what is new of a repetition', () => {
    fc.assert(
      fc.property(phrase, fc.nat(), (words, cut) => {
        const events = spell(answer(text(words)))
        const first = write(format, events)
        const sent = first.slice(0, 1 + (cut % first.length))
        const partial = partialOf(format, sent)
        fc.pre(typeof partial !== 'string')
        const whole = decode(format, [
          ...sent,
          ...join(format, readable(partial), { kind: 'repetition', events }),
        ])
        expect(whole.choices[0]?.parts).toEqual(decode(format, first).choices[0]?.parts)
      }),
      { numRuns: 60 },
    )
  })

  test('that broke in the middle of a thought goes on where another thinks the same', () => {
    const events = spell(answer(thought('hmmm'), text('yes')))
    const first = write(format, events)
    const sent = first.slice(0, Math.ceil(first.length / 3))
    const partial = readable(partialOf(format, sent))
    expect(partial.text).toBe('')
    const whole = decode(format, [...sent, ...join(format, partial, { kind: 'repetition', events })])
    expect(whole.choices[0]?.parts).toMatchObject([
      { type: 'reasoning', text: 'hmmm' },
      { type: 'text', text: 'yes' },
    ])
    if (partial.reasoning === '') return
    const other = spell(answer(thought('well'), text('yes')))
    expect(() => join(format, partial, { kind: 'repetition', events: other })).toThrow(GatewayError)
  })

  test('tells the client what all attempts have used', () => {
    const sent = write(format, spell(answer(text('Hello')))).slice(0, -4)
    const partial = partialOf(format, sent)
    if (typeof partial === 'string') return
    const rest = join(format, partial, { kind: 'continuation', events: answer(text('!')), spent: usage })
    expect(decode(format, [...sent, ...rest]).usage).toMatchObject({
      inputUncached: addUsage(usage, usage).inputUncached,
      outputText: 10,
    })
  })

  test('with a tool call, or one that was whole, is nobody’s to go on with', () => {
    const call: AnswerPart = { type: 'tool_call', id: 'call_1', name: 'f', arguments: '{}' }
    const called = write(format, answer(text('Hello'), call))
    expect(partialOf(format, called.slice(0, -1))).toMatch(/tool|whole/)
    expect(partialOf(format, write(format, answer(text('Hello'))))).toBe('the answer was whole')
  })
})

test('a part that has begun and said nothing, or a text that has ended, is nobody’s to go on with', () => {
  const anthropic = formatOf('anthropic-messages')
  const said = write(anthropic, answer(thought('hm'), text('Hello')))
  const started = said.findIndex(({ data }) => data.includes('"content_block":{"type":"text"'))
  expect(partialOf(anthropic, said.slice(0, started + 1))).toBe('a part had just begun')
  expect(partialOf(anthropic, said.slice(0, started + 3))).toBe('its text had ended')
})

test('signed thoughts, refusals and several choices are nobody’s to go on with', () => {
  const anthropic = formatOf('anthropic-messages')
  const signed = write(anthropic, answer({ type: 'reasoning', text: 'hm', signature: 'sig' }, text('Hello')))
  expect(partialOf(anthropic, signed.slice(0, -3))).toBe('the model signed its thoughts')
  const unsigned = write(anthropic, answer(thought('hm'), text('Hello')))
  expect(partialOf(anthropic, unsigned.slice(0, -3))).toMatchObject({ text: 'Hello', reasoning: 'hm' })
  const chat = formatOf('openai-chat')
  const refused = write(chat, answer({ type: 'refusal', text: 'no' }))
  expect(partialOf(chat, refused.slice(0, 2))).toBe('the model refused')
  const second = answer(text('Hello')).map(event => ('choice' in event ? { ...event, choice: 1 } : event))
  expect(partialOf(chat, write(chat, second).slice(0, 2))).toBe('several answers were asked for')
})

test('items of a response keep the ids, and its events go on with the numbers, that its first server gave', () => {
  const format = formatOf('openai-responses')
  const theirs = write(format, spell(answer(text('Hello')))).slice(0, 6)
  const sent = theirs.map(({ name, data }) => ({
    name,
    data: data
      .replaceAll(/"(msg_[^"]*)"/g, '"msg_theirs"')
      .replace(/"sequence_number":(\d+)/, (_match, digits) => `"sequence_number":${Number(digits) + 40}`),
  }))
  const rest = join(format, readable(partialOf(format, sent)), {
    kind: 'continuation',
    events: answer(text(' again')),
  })
  const numbers = [...sent, ...rest].map(
    ({ data }) => (JSON.parse(data) as { sequence_number: number }).sequence_number,
  )
  expect(numbers).toEqual(numbers.map((_number, index) => index + 40))
  const ids = rest.flatMap(({ data }) => data.match(/msg_\w+/g) ?? [])
  expect(new Set(ids)).toEqual(new Set(['msg_theirs']))
})
