// Frames of ConverseStream: blocks one after the other, the reason to end, and last the usage.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html

import { at, objectAt, textAt } from '../support/json.ts'
import { Complaints, type Grammar, type GrammarEvent } from './grammar.ts'

type Phase = 'idle' | 'blocks' | 'stopped' | 'closed'

interface State {
  readonly complaints: Complaints
  phase: Phase
  /** Index and kind of the block that is open. */
  open: { readonly index: unknown; kind: string } | null
  blocks: number
}

export const bedrockConverseGrammar: Grammar = events => {
  const complaints = new Complaints()
  const state: State = { complaints, phase: 'idle', open: null, blocks: 0 }
  for (const event of events) {
    if (event.name.endsWith('Exception')) return complaints.all
    complaints.unless(state.phase !== 'closed', `${event.name} follows the metadata`)
    readEvent(event, state)
  }
  complaints.unless(state.phase === 'closed', 'there is no metadata at the end')
  return complaints.all
}

function readEvent({ name, body }: GrammarEvent, state: State): void {
  const { complaints } = state
  switch (name) {
    case 'messageStart':
      complaints.unless(state.phase === 'idle', 'messageStart is not the first')
      state.phase = 'blocks'
      break
    case 'contentBlockStart':
      beginBlock(body, state, Object.keys(objectAt(body, 'start'))[0] ?? '')
      break
    case 'contentBlockDelta':
      addDelta(body, state)
      break
    case 'contentBlockStop':
      complaints.unless(
        state.open !== null && state.open.index === at(body, 'contentBlockIndex'),
        'a block ends that is not open',
      )
      state.open = null
      break
    case 'messageStop':
      complaints.unless(
        state.open === null && state.phase === 'blocks',
        'messageStop stands where it may not',
      )
      state.phase = 'stopped'
      break
    case 'metadata':
      complaints.unless(state.phase === 'stopped', 'metadata before messageStop')
      state.phase = 'closed'
      break
    default:
      complaints.unless(false, `there is no event ${name}`)
  }
}

function beginBlock(body: object, state: State, kind: string): void {
  const { complaints } = state
  const index = at(body, 'contentBlockIndex')
  complaints.unless(state.phase === 'blocks' && state.open === null, 'a block begins where none may')
  complaints.unless(index === state.blocks, 'blocks are not counted from 0')
  if (kind === 'toolUse') {
    const use = objectAt(body, 'start', 'toolUse')
    complaints.unless(
      textAt(use, 'name') !== '' && textAt(use, 'toolUseId') !== '',
      'a call without id or name',
    )
  }
  state.open = { index, kind }
  state.blocks++
}

/** Only calls have a start of their own: a block of text begins with its first delta. */
function addDelta(body: object, state: State): void {
  const kind = Object.keys(objectAt(body, 'delta'))[0] ?? ''
  if (state.open === null && kind !== 'toolUse') beginBlock(body, state, kind)
  const { open, complaints } = state
  complaints.unless(
    open !== null && open.index === at(body, 'contentBlockIndex'),
    'a delta of a block that is not open',
  )
  if (open === null) return
  if (open.kind === '') open.kind = kind
  // Text and what it rests on stand in one block.
  const texts = ['text', 'citation']
  const same = open.kind === kind || (texts.includes(open.kind) && texts.includes(kind))
  complaints.unless(same, `a delta of ${kind} in a block of ${open.kind}`)
}
