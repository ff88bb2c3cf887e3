// Events of a chat, version 2: contents one after the other, then the plan, then calls, counted apart.
// https://docs.cohere.com/v2/docs/streaming

import { at, type Json, objectAt, textAt } from '../support/json.ts'
import { Complaints, type Grammar, type GrammarEvent } from './grammar.ts'

interface State {
  readonly complaints: Complaints
  open: { readonly kind: 'content' | 'tool-call'; readonly index: unknown } | null
  contents: number
  calls: number
}

export const cohereChatGrammar: Grammar = events => {
  const complaints = new Complaints()
  const state: State = { complaints, open: null, contents: 0, calls: 0 }
  let ended = false
  events.forEach(({ name, body }, place) => {
    complaints.unless(name === body['type'], `the event is called ${name} and is ${String(body['type'])}`)
    complaints.unless((name === 'message-start') === (place === 0), 'message-start is not the first')
    complaints.unless(!ended, `${name} follows message-end`)
    if (name === 'message-end') {
      complaints.unless(state.open === null, 'message-end within something')
      ended = true
    } else readEvent({ name, body }, state)
  })
  complaints.unless(ended, 'there is no message-end')
  return complaints.all
}

function readEvent({ name, body }: GrammarEvent, state: State): void {
  switch (name) {
    case 'content-start':
      open('content', body, state)
      break
    case 'tool-call-start': {
      open('tool-call', body, state)
      const call = objectAt(body, 'delta', 'message', 'tool_calls')
      const named = textAt(call, 'id') !== '' && textAt(call, 'function', 'name') !== ''
      state.complaints.unless(named, 'a call begins without id or name')
      break
    }
    case 'content-delta':
    case 'content-end':
      inside('content', { name, body }, state)
      break
    case 'tool-call-delta':
    case 'tool-call-end':
      inside('tool-call', { name, body }, state)
      break
    case 'tool-plan-delta':
      state.complaints.unless(state.calls === 0, 'the plan follows a call')
      break
    default:
      break
  }
}

function open(kind: 'content' | 'tool-call', body: Json, state: State): void {
  const count = kind === 'content' ? state.contents++ : state.calls++
  state.complaints.unless(state.open === null, `a ${kind} begins within another`)
  state.complaints.unless(body['index'] === count, `each ${kind} is not counted from 0`)
  state.open = { kind, index: body['index'] }
}

function inside(kind: 'content' | 'tool-call', { name, body }: GrammarEvent, state: State): void {
  const fits = state.open?.kind === kind && state.open.index === at(body, 'index')
  state.complaints.unless(fits, `${name} of what is not open`)
  if (name.endsWith('-end')) state.open = null
}
