// Generated requests, answers and streams for property tests: everything that all formats can say.

import fc from 'fast-check'
import type { JsonObject } from '../lib/json-value.ts'
import type { AnswerPart, Choice, Completion, FinishReason } from './completion.ts'
import type { CompletionEvent, PartDetailEvent, PartOpening } from './completion-event.ts'
import type { Conversation, FunctionTool, Message, Sampling } from './conversation.ts'
import type { ImagePart, Part } from './parts.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const json = fc
  .dictionary(word, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 })
  .map(value => JSON.stringify(value))

export const answerPart: fc.Arbitrary<AnswerPart> = fc.oneof(
  text.map((value): AnswerPart => ({ type: 'text', text: value })),
  text.map((value): AnswerPart => ({ type: 'reasoning', text: value })),
  fc.record({ text, signature: word }).map((value): AnswerPart => ({ type: 'reasoning', ...value })),
  fc
    .record({ id: word, name: word, arguments: json })
    .map((value): AnswerPart => ({ type: 'tool_call', ...value })),
)

const choice: fc.Arbitrary<Choice> = fc.array(answerPart, { maxLength: 5 }).map(parts => ({
  parts,
  finish: { reason: parts.some(({ type }) => type === 'tool_call') ? 'tool_calls' : 'stop' },
}))

const usage = fc.record({
  inputUncached: fc.nat(1000),
  cacheRead: fc.nat(1000),
  cacheWrite5m: fc.nat(1000),
  cacheWrite1h: fc.constant(0),
  outputText: fc.nat(1000),
  outputReasoning: fc.constant(0),
  audioInput: fc.constant(0),
  audioOutput: fc.constant(0),
})

/** One choice, as all formats can answer. */
export const completion: fc.Arbitrary<Completion> = fc.record({
  id: word,
  model: word,
  choices: fc.array(choice, { minLength: 1, maxLength: 1 }),
  usage: fc.option(usage),
})

const callId = fc.uuid().map(value => `call_${value.slice(0, 23).replaceAll('-', '')}`)
const schema = fc.constantFrom<JsonObject>(
  {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  {
    type: 'object',
    properties: { count: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
  },
)
const sentence = fc.stringMatching(/^[a-z]{1,8}( [a-zé€😀]{1,8}){0,3}$/u)

/** The smallest picture there is: one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQImWNwav0CAALIAbzDqqRyAAAAAElFTkSuQmCC'
const image: ImagePart = {
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: pixel },
}

const tool: fc.Arbitrary<FunctionTool> = fc
  .record({ name: toolName(), description: sentence, parameters: schema })
  .map(value => ({ type: 'function', ...value }))

function toolName(): fc.Arbitrary<string> {
  return fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/)
}

const userTurn: fc.Arbitrary<Message> = fc
  .record({ said: fc.array(sentence, { minLength: 1, maxLength: 2 }), pictured: fc.boolean() })
  .map(({ said, pictured }) => ({
    role: 'user',
    parts: [...said.map((text): Part => ({ type: 'text', text })), ...(pictured ? [image] : [])],
  }))

const answerTurn: fc.Arbitrary<readonly Message[]> = sentence.map(text => [
  { role: 'assistant', parts: [{ type: 'text', text }] },
])

/** Calls at the same time, and their results in the same order. */
function toolTurn(tools: readonly FunctionTool[]): fc.Arbitrary<readonly Message[]> {
  const call = fc.record({ id: callId, which: fc.nat(tools.length - 1), input: json, result: sentence })
  return fc
    .record({ said: fc.option(sentence), calls: fc.array(call, { minLength: 1, maxLength: 3 }) })
    .map(({ said, calls }) => [
      {
        role: 'assistant',
        parts: [
          ...(said === null ? [] : [{ type: 'text', text: said } as const]),
          ...calls.map(
            ({ id, which, input }): Part => ({
              type: 'tool_call',
              id,
              name: tools[which]?.name ?? '',
              arguments: input,
            }),
          ),
        ],
      },
      {
        role: 'user',
        parts: calls.map(
          ({ id, which, result }): Part => ({
            type: 'tool_result',
            callId: id,
            name: tools[which]?.name ?? '',
            content: [{ type: 'text', text: result }],
          }),
        ),
      },
    ])
}

const sampling: fc.Arbitrary<Sampling> = fc.record(
  {
    maxTokens: fc.integer({ min: 16, max: 4096 }),
    temperature: fc.constantFrom(0, 0.25, 0.5, 1),
    topP: fc.constantFrom(0.25, 0.5, 0.75),
    stop: fc.array(sentence, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
)

/** Requests as every format can say them: a system, turns, tools with calls and results, pictures, sampling. */
export const conversation: fc.Arbitrary<Conversation> = fc
  .uniqueArray(tool, { maxLength: 3, selector: ({ name }) => name })
  .chain(tools => {
    const reply = tools.length === 0 ? answerTurn : fc.oneof(answerTurn, toolTurn(tools))
    const turns = fc.array(fc.tuple(userTurn, reply), { maxLength: 3 })
    return fc.record({
      model: word,
      streaming: fc.boolean(),
      messages: fc
        .tuple(fc.option(sentence), turns, userTurn)
        .map(([system, exchanges, last]): readonly Message[] => [
          ...(system === null ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] } as const]),
          ...exchanges.flatMap(([asked, answered]) => [asked, ...answered]),
          last,
        ]),
      tools: fc.constant(tools),
      sampling,
    })
  })

const opening: fc.Arbitrary<PartOpening> = fc.oneof(
  fc.constant<PartOpening>({ type: 'text' }),
  fc.constant<PartOpening>({ type: 'reasoning' }),
  fc.constant<PartOpening>({ type: 'reasoning', summary: true, origin: 'another-format' }),
  fc.constant<PartOpening>({ type: 'refusal' }),
  fc.record({ id: callId, name: toolName() }).map((call): PartOpening => ({ type: 'tool_call', ...call })),
)

const wholePart: fc.Arbitrary<AnswerPart> = fc.oneof(
  sentence.map((value): AnswerPart => ({ type: 'text', text: value })),
  word.map((encrypted): AnswerPart => ({ type: 'reasoning', text: '', encrypted, origin: 'another-format' })),
  fc.constant<AnswerPart>(image),
  fc
    .record({ id: callId, name: toolName(), arguments: json })
    .map((call): AnswerPart => ({ type: 'tool_call', ...call })),
  word.map((value): AnswerPart => ({ type: 'opaque', format: 'another-format', value: { type: value } })),
)

interface Place {
  readonly choice: number
  readonly part: number
}

/** The events of one part, which can be anywhere. */
type Script = readonly ((place: Place) => CompletionEvent)[]

function textsOf({ type }: PartOpening): fc.Arbitrary<readonly string[]> {
  if (type !== 'tool_call') return fc.array(text, { maxLength: 4 })
  const size = fc.integer({ min: 1, max: 5 })
  return fc.tuple(json, size).map(([whole, by]) => whole.match(new RegExp(`[^]{1,${by}}`, 'gu')) ?? [])
}

function detailsOf({ type }: PartOpening): fc.Arbitrary<readonly PartDetailEvent['detail'][]> {
  if (type === 'text')
    return fc.array(
      fc
        .record({ url: fc.constant('https://source.example/page'), title: word })
        .map(citation => ({ citation })),
      { maxLength: 1 },
    )
  return type === 'reasoning'
    ? fc.array(
        word.map(signature => ({ signature })),
        { maxLength: 1 },
      )
    : fc.constant([])
}

const piecemeal: fc.Arbitrary<Script> = opening
  .chain(begun => fc.tuple(fc.constant(begun), textsOf(begun), detailsOf(begun)))
  .map(([begun, texts, details]) => [
    place => ({ type: 'part_start', ...place, opening: begun }),
    ...texts.map((piece): Script[number] => place => ({ type: 'part_delta', ...place, text: piece })),
    ...details.map((detail): Script[number] => place => ({ type: 'part_detail', ...place, detail })),
    place => ({ type: 'part_end', ...place }),
  ])

const script: fc.Arbitrary<Script> = fc.oneof(
  { weight: 4, arbitrary: piecemeal },
  { weight: 1, arbitrary: wholePart.map((value): Script => [place => ({ type: 'part', ...place, value })]) },
)

/** Plays parts at the same time: they begin in their order and overlap as the turns say. */
function overlap(scripts: readonly Script[], turns: readonly number[]): CompletionEvent[] {
  const waiting = scripts.map((steps, part) => ({ steps: [...steps], part }))
  const running: typeof waiting = []
  const events: CompletionEvent[] = []
  for (let turn = 0; waiting.length + running.length > 0; turn++) {
    const picked = (turns[turn % turns.length] ?? 0) % (running.length + 1)
    const begun = picked === running.length ? waiting.shift() : undefined
    if (begun !== undefined) running.push(begun)
    const current = running[Math.min(picked, running.length - 1)]
    const step = current?.steps.shift()
    if (current === undefined || step === undefined) continue
    events.push(step({ choice: 0, part: current.part }))
    if (current.steps.length === 0) running.splice(running.indexOf(current), 1)
  }
  return events
}

/** Every legal stream of one choice: parts that overlap, whole ones, empty ones, with usage or without. */
export const eventStream: fc.Arbitrary<readonly CompletionEvent[]> = fc
  .record({
    scripts: fc.array(script, { maxLength: 6 }),
    turns: fc.array(fc.nat(7), { minLength: 1, maxLength: 24 }),
    reason: fc.constantFrom<FinishReason>('stop', 'length', 'content_filter', 'pause'),
    counted: fc.option(usage),
  })
  .map(({ scripts, turns, reason, counted }): readonly CompletionEvent[] => {
    const parts = overlap(scripts, turns)
    const called = parts.some(
      event =>
        (event.type === 'part_start' && event.opening.type === 'tool_call') ||
        (event.type === 'part' && event.value.type === 'tool_call'),
    )
    return [
      { type: 'start', id: 'answer-1', model: 'upstream-model', created: 1_700_000_000 },
      ...parts,
      { type: 'finish', choice: 0, finish: { reason: called ? 'tool_calls' : reason } },
      ...(counted === null ? [] : [{ type: 'usage', usage: counted } as const]),
      { type: 'end' },
    ]
  })
