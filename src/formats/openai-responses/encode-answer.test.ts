// What of other vendors' answers a client of this format can be told, whole and streamed.

import { expect, test } from 'vitest'
import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Citation } from '../../conversation/parts.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { chatOfResponses, encodeContext } from './format.fixture.ts'

function answer(citations: readonly Citation[], serviceTier?: string): Completion {
  const parts = [{ type: 'text', text: 'It rained.', citations }] as const
  const choices = [{ parts, finish: { reason: 'stop' } }] as const
  return { id: 'x', model: 'm', choices, usage: null, ...(serviceTier !== undefined && { serviceTier }) }
}

function encode(completion: Completion): JsonObject {
  return chatOfResponses.encodeResponse(completion, encodeContext())
}

function stream(events: Iterable<CompletionEvent>): readonly JsonObject[] {
  const written: JsonObject[] = []
  const encoder = chatOfResponses.openEncoder(encodeContext(), ({ data }) =>
    written.push(JSON.parse(data) as JsonObject),
  )
  for (const event of events) encoder.push(event)
  return written
}

/** The answer, and the answer in which a stream of it ends. */
function bothWays(completion: Completion): readonly unknown[] {
  return [encode(completion), stream(unfoldCompletion(completion)).at(-1)?.['response']]
}

test.each([
  ['flex', 'flex'],
  ['on_demand', 'default'],
  [undefined, 'default'],
  ['performance', undefined],
])('the service tier %s is told as %s', (tier, told) => {
  for (const response of bothWays(answer([], tier)))
    expect(isObject(response) ? response['service_tier'] : null).toBe(told)
})

test('a source is told by its address, or by its name; without either nothing is', () => {
  const url = 'https://host.example/a'
  const sources = [{ url, start: 0, end: 2 }, { title: 'a.pdf', start: 3 }, { quote: 'rain' }, { url: 'a b' }]
  const annotations = [
    { type: 'url_citation', url, title: '', start_index: 0, end_index: 2 },
    { type: 'file_citation', file_id: 'a.pdf', filename: 'a.pdf', index: 3 },
  ]
  for (const response of bothWays(answer(sources)))
    expect(response).toMatchObject({ output: [{ content: [{ annotations }] }] })
  const events = stream(unfoldCompletion(answer(sources)))
  const added = events.filter(({ type }) => type === 'response.output_text.annotation.added')
  expect(added.map(({ annotation_index: index }) => index)).toEqual([0, 1])
})

test('items that come at the same time follow one another', () => {
  const place = { choice: 0 } as const
  const events: CompletionEvent[] = [
    { type: 'start', id: '', model: 'm' },
    { type: 'part_start', ...place, part: 0, opening: { type: 'tool_call', id: 'a', name: 'f' } },
    { type: 'part_start', ...place, part: 1, opening: { type: 'text' } },
    { type: 'part_delta', ...place, part: 1, text: 'Hel' },
    { type: 'part_delta', ...place, part: 0, text: '{}' },
    { type: 'part_end', ...place, part: 0 },
    { type: 'part_delta', ...place, part: 1, text: 'lo' },
    { type: 'part_end', ...place, part: 1 },
  ]
  const written = stream(events).filter(({ output_index: index }) => index !== undefined)
  expect(written.map(({ type, output_index: index }) => `${String(index)} ${String(type)}`)).toEqual([
    '0 response.output_item.added',
    '0 response.function_call_arguments.delta',
    '0 response.function_call_arguments.done',
    '0 response.output_item.done',
    '1 response.output_item.added',
    '1 response.content_part.added',
    '1 response.output_text.delta',
    '1 response.output_text.delta',
    '1 response.output_text.done',
    '1 response.content_part.done',
  ])
})
