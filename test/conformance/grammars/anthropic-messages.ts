// Events of a message: blocks one after the other, counted from 0, never two at a time.
// https://platform.claude.com/docs/en/build-with-claude/streaming

import { at, objectAt, parseOr, textAt } from '../support/json.ts'
import { Complaints, type Grammar } from './grammar.ts'

const deltasOf: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  redacted_thinking: [],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
  mcp_tool_use: ['input_json_delta'],
  compaction: ['compaction_delta'],
}

interface Block {
  readonly index: unknown
  readonly type: string
  json: string
  signed: boolean
}

interface State {
  readonly complaints: Complaints
  readonly phase: 'blocks' | 'ending' | 'closed' | 'idle'
  blocks: number
  open: Block | null
}

export const anthropicMessagesGrammar: Grammar = events => {
  const complaints = new Complaints()
  let state: State = { complaints, phase: 'idle', blocks: 0, open: null }
  for (const { name, body } of events) {
    complaints.unless(name === body['type'], `the event is called ${name} and is ${String(body['type'])}`)
    if (name === 'ping') continue
    if (name === 'error') return complaints.all
    complaints.unless(state.phase !== 'closed', `${name} follows message_stop`)
    state = { ...state, phase: advance(name, state) }
    if (name === 'content_block_start') openBlock(body, state)
    else if (name === 'content_block_delta') addDelta(body, state)
    else if (name === 'content_block_stop') closeBlock(body, state)
  }
  complaints.unless(state.phase === 'closed', 'there is no message_stop')
  return complaints.all
}

function advance(name: string, { phase, open, complaints }: State): State['phase'] {
  switch (name) {
    case 'message_start':
      complaints.unless(phase === 'idle', 'message_start is not the first')
      return 'blocks'
    case 'message_delta':
      complaints.unless(phase === 'blocks' || phase === 'ending', 'message_delta stands where it may not')
      complaints.unless(open === null, 'message_delta within a block')
      return 'ending'
    case 'message_stop':
      complaints.unless(phase === 'ending', 'message_stop without message_delta')
      return 'closed'
    case 'content_block_start':
    case 'content_block_delta':
    case 'content_block_stop':
      complaints.unless(phase === 'blocks', `${name} stands where it may not`)
      return phase
    default:
      complaints.unless(false, `there is no event ${name}`)
      return phase
  }
}

function openBlock(body: object, state: State): void {
  const { complaints } = state
  const block = objectAt(body, 'content_block')
  complaints.unless(state.open === null, 'a block begins within another')
  complaints.unless(at(body, 'index') === state.blocks, 'blocks are not counted from 0')
  if (block['type'] === 'tool_use')
    complaints.unless(textAt(block, 'id') !== '' && textAt(block, 'name') !== '', 'a call without id or name')
  state.open = { index: state.blocks, type: String(block['type']), json: '', signed: false }
  state.blocks++
}

function addDelta(body: object, { open, complaints }: State): void {
  if (open === null || at(body, 'index') !== open.index) {
    complaints.unless(false, 'a delta of a block that is not open')
    return
  }
  const type = textAt(body, 'delta', 'type')
  const allowed = deltasOf[open.type]
  complaints.unless(allowed?.includes(type) ?? true, `a ${type} in a block of ${open.type}`)
  complaints.unless(!(open.signed && type === 'thinking_delta'), 'a thought goes on after its signature')
  open.signed ||= type === 'signature_delta'
  open.json += textAt(body, 'delta', 'partial_json')
}

function closeBlock(body: object, state: State): void {
  const { open, complaints } = state
  complaints.unless(open !== null && at(body, 'index') === open.index, 'a block ends that is not open')
  const unread = Symbol('not JSON')
  if (open !== null && open.json !== '')
    complaints.unless(parseOr(open.json, unread) !== unread, 'the arguments of a call are no JSON')
  state.open = null
}
