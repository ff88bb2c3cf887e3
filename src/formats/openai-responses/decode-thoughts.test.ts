import { expect, test } from 'vitest'
import type { AnswerPart } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { chatOfResponses, decodeContext, encodeTarget, plainConversation } from './format.fixture.ts'

const item = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [
    { type: 'summary_text', text: '**First**\n\nI look.' },
    { type: 'summary_text', text: '**Second**\n\nI see.' },
  ],
  encrypted_content: 'gAAAA',
}
const response = { id: 'resp_1', model: 'm', status: 'completed', output: [item] }
const piece = { type: 'reasoning', summary: true, origin: 'openai-responses' }
const pieces = [
  { ...piece, text: '**First**\n\nI look.' },
  {
    ...piece,
    text: '**Second**\n\nI see.',
    encrypted: 'gAAAA',
    extra: { 'openai-responses': item },
  },
]

function decodeStream(events: readonly JsonObject[]): readonly AnswerPart[] {
  const decoded: CompletionEvent[] = []
  const decoder = chatOfResponses.openDecoder(decodeContext, event => decoded.push(event))
  for (const event of events) decoder.push({ name: '', data: JSON.stringify(event) })
  decoder.finish()
  return foldEvents(decoded).choices[0]?.parts ?? []
}

const place = { item_id: 'rs_1', output_index: 0 }
const begin = { type: 'response.output_item.added', ...place, item: { ...item, summary: [] } }
const end = [
  { type: 'response.output_item.done', ...place, item },
  { type: 'response.completed', response },
]
const deltas = item.summary.flatMap(({ text }, index) =>
  [text.slice(0, 5), text.slice(5)].map(delta => ({
    type: 'response.reasoning_summary_text.delta',
    ...place,
    summary_index: index,
    delta,
  })),
)

test('the pieces of a summary are parts of their own, with their text as it is', () => {
  expect(chatOfResponses.decodeResponse(response, decodeContext).choices[0]?.parts).toEqual(pieces)
  expect(decodeStream([begin, ...deltas, ...end])).toEqual(pieces)
  expect(decodeStream([begin, ...end])).toEqual(pieces)
})

test('the thought goes back once, as it came', () => {
  const messages = [{ role: 'assistant', parts: pieces as unknown as readonly AnswerPart[] }] as const
  const { body } = chatOfResponses.encodeRequest({ ...plainConversation, messages }, encodeTarget)
  expect(body['input']).toEqual([item])
})
