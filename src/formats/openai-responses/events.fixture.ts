// Generated streams for property tests: every legal sequence of neutral events, with parts that overlap.

import fc from 'fast-check'
import type { AnswerPart, FinishReason } from '../../conversation/completion.ts'
import type { CompletionEvent, PartDetailEvent, PartOpening } from '../../conversation/completion-event.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 8 })
const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const id = fc.uuid().map(value => `call_${value}`)

const opening: fc.Arbitrary<PartOpening> = fc.oneof(
  fc.constant<PartOpening>({ type: 'text' }),
  fc.constant<PartOpening>({ type: 'refusal' }),
  fc.constant<PartOpening>({ type: 'reasoning' }),
  fc.constant<PartOpening>({ type: 'reasoning', summary: true, origin: 'some-format' }),
  fc.record({ id, name: word }).map((call): PartOpening => ({ type: 'tool_call', ...call })),
  fc.record({ id, name: word }).map((call): PartOpening => ({ type: 'tool_call', ...call, custom: true })),
)

const whole: fc.Arbitrary<AnswerPart> = fc.oneof(
  text.map((value): AnswerPart => ({ type: 'text', text: value })),
  word.map((encrypted): AnswerPart => ({ type: 'reasoning', text: '', encrypted, origin: 'some-format' })),
  word.map(
    (data): AnswerPart => ({ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } }),
  ),
  fc.constant<AnswerPart>({ type: 'image', source: { kind: 'url', url: 'https://host.example/a.png' } }),
  word.map((value): AnswerPart => ({ type: 'opaque', format: 'some-format', value: { type: value } })),
  id.map(
    (itemId): AnswerPart => ({
      type: 'opaque',
      format: 'openai-responses',
      value: {
        type: 'web_search_call',
        id: itemId,
        status: 'completed',
        action: { type: 'search', query: 'x', queries: ['x'] },
      },
    }),
  ),
)

type Detail = PartDetailEvent['detail']

function detailsFor({ type }: PartOpening): fc.Arbitrary<readonly Detail[]> {
  const citation = fc.record({ url: fc.webUrl(), title: word }).map((value): Detail => ({ citation: value }))
  if (type === 'text') return fc.array(citation, { maxLength: 2 })
  return type === 'reasoning'
    ? fc.array(
        word.map((signature): Detail => ({ signature })),
        { maxLength: 1 },
      )
    : fc.constant([])
}

/** The events of one part, without their place. */
type Script = readonly ((place: { choice: number; part: number }) => CompletionEvent)[]

const pieces: fc.Arbitrary<Script> = opening.chain(begun =>
  fc
    .record({ deltas: fc.array(text, { maxLength: 4 }), details: detailsFor(begun) })
    .map(({ deltas, details }) => [
      place => ({ type: 'part_start', ...place, opening: begun }),
      ...deltas.map((delta): Script[number] => place => ({ type: 'part_delta', ...place, text: delta })),
      ...details.map((detail): Script[number] => place => ({ type: 'part_detail', ...place, detail })),
      place => ({ type: 'part_end', ...place }),
    ]),
)

const script: fc.Arbitrary<Script> = fc.oneof(
  { weight: 3, arbitrary: pieces },
  { weight: 1, arbitrary: whole.map((value): Script => [place => ({ type: 'part', ...place, value })]) },
)

/** Plays the scripts at the same time; they begin in their order. */
function interleave(scripts: readonly Script[], choices: readonly number[]): CompletionEvent[] {
  const events: CompletionEvent[] = []
  const running: { part: number; rest: Script }[] = []
  let next = 0
  for (let turn = 0; next < scripts.length || running.length > 0; turn++) {
    const picked = (choices[turn % Math.max(1, choices.length)] ?? 0) % (running.length + 1)
    if (picked === running.length && next < scripts.length)
      running.push({ part: next, rest: scripts[next++] ?? [] })
    const at = Math.min(picked, running.length - 1)
    const current = running[at]
    if (current === undefined) continue
    const [event, ...rest] = current.rest
    if (event !== undefined) events.push(event({ choice: 0, part: current.part }))
    current.rest = rest
    if (rest.length === 0) running.splice(at, 1)
  }
  return events
}

const reasons: readonly FinishReason[] = ['stop', 'length', 'tool_calls', 'content_filter', 'pause']

const usage = {
  inputUncached: 3,
  cacheRead: 2,
  cacheWrite5m: 1,
  cacheWrite1h: 0,
  outputText: 7,
  outputReasoning: 4,
  audioInput: 0,
  audioOutput: 0,
}

export const legalEvents: fc.Arbitrary<readonly CompletionEvent[]> = fc
  .record({
    scripts: fc.array(script, { maxLength: 6 }),
    order: fc.array(fc.nat(7), { minLength: 1, maxLength: 40 }),
    reason: fc.constantFrom(...reasons),
    counted: fc.boolean(),
    second: fc.boolean(),
  })
  .map(({ scripts, order, reason, counted, second }): readonly CompletionEvent[] => [
    { type: 'start', id: 'upstream-id', model: 'upstream-model', created: 1_700_000_001 },
    ...interleave(scripts, order),
    ...(second ? ([{ type: 'finish', choice: 1, finish: { reason: 'stop' } }] as const) : []),
    { type: 'finish', choice: 0, finish: { reason } },
    ...(counted ? ([{ type: 'usage', usage }] as const) : []),
    { type: 'end', serviceTier: 'default' },
  ])
