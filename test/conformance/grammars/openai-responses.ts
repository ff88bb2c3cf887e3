// Events of a response: numbered without a gap, items begun in their order, each whole at its end as in its pieces. Items
// may come at the same time, as each event names its own.
// https://platform.openai.com/docs/api-reference/responses-streaming

import { at, canonical, type Json, listAt, objectAt, textAt } from '../support/json.ts'
import { Complaints, type Grammar } from './grammar.ts'

const ends = ['response.completed', 'response.incomplete', 'response.failed']

interface Item {
  readonly id: unknown
  readonly type: unknown
  /** Text so far by kind and part. */
  readonly texts: Map<string, string>
  parts: number
}

interface State {
  readonly complaints: Complaints
  /** By their index. */
  readonly done: Json[]
  readonly open: Map<unknown, Item>
  items: number
}

export const openAiResponsesGrammar: Grammar = events => {
  const complaints = new Complaints()
  const state: State = { complaints, done: [], open: new Map(), items: 0 }
  let ended = false
  let broken = false
  events.forEach(({ name, body }, place) => {
    const type = String(body['type'])
    complaints.unless(name === type, `the event is called ${name} and is ${type}`)
    complaints.unless(body['sequence_number'] === place, 'sequence_number has a gap')
    // A failure is told twice: as an event of its own, and by the response.
    complaints.unless(!ended && (!broken || type === 'response.failed'), `${type} follows the end`)
    if (place === 0)
      complaints.unless(type === 'response.created' || type === 'error', 'response.created is not first')
    if (place === 1)
      complaints.unless(
        type === 'response.in_progress' || type === 'error',
        'response.in_progress is not second',
      )
    broken ||= type === 'error' || type === 'response.failed'
    ended ||= ends.includes(type)
    if (ends.includes(type)) checkEnd(body, state, type)
    else readEvent(type, body, state)
  })
  complaints.unless(ended || broken, 'there is no end')
  return complaints.all
}

function readEvent(type: string, body: Json, state: State): void {
  if (type === 'response.output_item.added') openItem(body, state)
  else if (type === 'response.output_item.done') closeItem(body, state)
  else if (body['output_index'] !== undefined) readPiece(type, body, state)
}

function openItem(body: Json, state: State): void {
  const { complaints } = state
  const item = objectAt(body, 'item')
  complaints.unless(body['output_index'] === state.items, 'items are not counted from 0')
  complaints.unless(textAt(item, 'id') !== '', 'an item has no id')
  state.open.set(state.items, { id: item['id'], type: item['type'], texts: new Map(), parts: 0 })
  state.items++
}

function readPiece(type: string, body: Json, { open: items, complaints }: State): void {
  const open = items.get(body['output_index'])
  if (open === undefined) {
    complaints.unless(false, `${type} of an item that is not open`)
    return
  }
  complaints.unless(body['item_id'] === open.id, `${type} names another item`)
  if (type === 'response.content_part.added' || type === 'response.reasoning_summary_part.added') {
    complaints.unless(
      (body['content_index'] ?? body['summary_index']) === open.parts,
      'parts are not counted from 0',
    )
    open.parts++
  }
  const kind = type.replace(/\.(delta|done)$/, '')
  const key = `${kind} ${JSON.stringify(body['content_index'] ?? body['summary_index'] ?? 0)}`
  if (type.endsWith('.delta')) open.texts.set(key, (open.texts.get(key) ?? '') + textAt(body, 'delta'))
  const whole = wholeOf(body)
  if (type.endsWith('.done') && whole !== null)
    complaints.unless((open.texts.get(key) ?? '') === whole, `${type} is not the sum of its deltas`)
}

function wholeOf(body: Json): string | null {
  for (const field of ['text', 'arguments', 'input', 'refusal'])
    if (typeof body[field] === 'string') return body[field]
  return null
}

function closeItem(body: Json, { open, complaints, done }: State): void {
  const index = body['output_index']
  const begun = open.get(index)
  const item = objectAt(body, 'item')
  complaints.unless(begun !== undefined, 'an item ends that is not open')
  open.delete(index)
  if (begun === undefined || typeof index !== 'number') return
  complaints.unless(item['id'] === begun.id && item['type'] === begun.type, 'an item ends as another')
  checkWhole(item, begun, complaints)
  done[index] = item
}

function checkWhole(item: Json, { texts }: Item, complaints: Complaints): void {
  const said = [...texts].filter(([kind]) => kind.startsWith('response.output_text '))
  const whole = listAt(item, 'content').filter(({ type }) => type === 'output_text')
  const inOrder = said.sort(([left], [right]) => left.localeCompare(right, 'en', { numeric: true }))
  const pieces = inOrder.map(([, text]) => text).filter(text => text !== '')
  const parts = whole.map(part => textAt(part, 'text')).filter(text => text !== '')
  complaints.unless(canonical(pieces) === canonical(parts), 'an item is not the sum of its deltas')
}

function checkEnd(body: Json, { done, open, complaints }: State, type: string): void {
  complaints.unless(
    `response.${textAt(body, 'response', 'status')}` === type,
    'the status is not that of the event',
  )
  if (type === 'response.failed') return
  complaints.unless(open.size === 0, 'the response ends within an item')
  complaints.unless(
    canonical(at(body, 'response', 'output')) === canonical(done),
    'the whole output is not that of its items',
  )
}
