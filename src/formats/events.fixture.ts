// Generated streams for property tests: every order of events that the grammar of completion-event.ts allows.

import fc from 'fast-check'
import type { Usage } from '../call.ts'
import type { CompletionEvent, PartOpening } from '../conversation/completion-event.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 6 })
const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,8}$/)

type Script = readonly CompletionEvent[]
type Numbered = (part: number, choice: number) => Script

function pieces(opening: PartOpening, deltas: readonly string[], details: readonly Detail[]): Numbered {
  return (part, choice) => [
    { type: 'part_start', choice, part, opening },
    ...deltas.map(delta => ({ type: 'part_delta', choice, part, text: delta }) as const),
    ...details.map(detail => ({ type: 'part_detail', choice, part, detail }) as const),
    { type: 'part_end', choice, part },
  ]
}

type Detail = Extract<CompletionEvent, { type: 'part_detail' }>['detail']

const citation = fc
  .record({ url: fc.webUrl(), title: word, start: fc.nat(3), end: fc.nat(9) })
  .map((value): Detail => ({ citation: value }))

const part: fc.Arbitrary<Numbered> = fc.oneof(
  fc
    .tuple(fc.array(text), fc.array(citation, { maxLength: 2 }))
    .map(([deltas, details]) => pieces({ type: 'text' }, deltas, details)),
  fc.array(text).map(deltas => pieces({ type: 'refusal' }, deltas, [])),
  fc.tuple(fc.array(text), fc.array(word, { maxLength: 2 })).map(([deltas, signatures]) =>
    pieces(
      { type: 'reasoning' },
      deltas,
      signatures.map(signature => ({ signature })),
    ),
  ),
  fc
    .tuple(word, word, fc.constantFrom([], ['{}'], ['{"a":', '1}'], ['not JSON']))
    .map(([id, name, deltas]) => pieces({ type: 'tool_call', id, name }, deltas, [])),
  fc.constantFrom<Numbered>(
    (number, choice) => [
      {
        type: 'part',
        choice,
        part: number,
        value: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
      },
    ],
    (number, choice) => [
      {
        type: 'part',
        choice,
        part: number,
        value: { type: 'opaque', format: 'other', value: { type: 'web_search' } },
      },
    ],
  ),
)

const usage: fc.Arbitrary<Usage> = fc.record({
  inputUncached: fc.nat(99),
  cacheRead: fc.nat(99),
  cacheWrite5m: fc.nat(9),
  cacheWrite1h: fc.nat(9),
  outputText: fc.nat(99),
  outputReasoning: fc.nat(9),
  audioInput: fc.constant(0),
  audioOutput: fc.constant(0),
})

/** One or two choices whose parts overlap in any way, begun in the order of their numbers. */
export const legalEvents: fc.Arbitrary<readonly CompletionEvent[]> = fc
  .record({
    choices: fc.array(fc.array(part, { maxLength: 4 }), { minLength: 1, maxLength: 2 }),
    picks: fc.infiniteStream(fc.nat()),
    usage: fc.option(usage),
    reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'pause'),
    head: fc.record({ id: fc.constantFrom('', 'x'), model: fc.constantFrom('', 'm') }),
  })
  .map(({ choices, picks, usage: counted, reason, head }) => {
    const scripts = choices.map((parts, choice) => parts.map((numbered, index) => numbered(index, choice)))
    const events: CompletionEvent[] = [{ type: 'start', ...head }]
    for (const script of scripts) events.push(...interleave(script, picks))
    for (const choice of choices.keys()) events.push({ type: 'finish', choice, finish: { reason } } as const)
    if (counted !== null) events.push({ type: 'usage', usage: counted })
    events.push({ type: 'end' })
    return events
  })

/** Takes the next event of any begun part, or begins the next part. */
function interleave(scripts: readonly Script[], picks: Iterator<number>): Script {
  const events: CompletionEvent[] = []
  const begun: CompletionEvent[][] = []
  let next = 0
  while (next < scripts.length || begun.some(rest => rest.length > 0)) {
    const open = begun.filter(rest => rest.length > 0)
    const pick = (picks.next().value as number) % (open.length + (next < scripts.length ? 1 : 0))
    const chosen = open[pick]
    const rest = chosen ?? [...(scripts[next++] ?? [])]
    const event = rest.shift()
    if (event !== undefined) events.push(event)
    if (chosen === undefined) begun.push(rest)
  }
  return events
}
