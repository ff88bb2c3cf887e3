// Chunks of chat completions: one role for each choice, calls counted from 0, one reason to end, usage last.
// https://platform.openai.com/docs/api-reference/chat-streaming

import { at, listAt, textAt } from '../support/json.ts'
import { Complaints, type Grammar } from './grammar.ts'

interface ChoiceState {
  calls: number
  finished: boolean
}

export const openAiChatGrammar: Grammar = events => {
  const complaints = new Complaints()
  const choices = new Map<unknown, ChoiceState>()
  let usage = false
  const ids = new Set(events.map(({ body }) => `${String(body['id'])} ${String(body['model'])}`))
  const broken = events.some(({ body }) => body['error'] !== undefined)
  complaints.unless(ids.size === 1 || broken, 'id and model change within the stream')
  for (const { body } of events) {
    complaints.unless(!usage, 'something follows the usage')
    const list = listAt(body, 'choices')
    if (body['usage']) usage = list.length === 0
    for (const choice of list) {
      const index = choice['index']
      const first = !choices.has(index)
      const state = choices.get(index) ?? { calls: 0, finished: false }
      choices.set(index, state)
      complaints.unless(!state.finished, 'a choice goes on after its finish_reason')
      complaints.unless(
        first === (at(choice, 'delta', 'role') !== undefined),
        'the role is not in the first chunk',
      )
      for (const call of listAt(choice, 'delta', 'tool_calls')) checkCall(call, state, complaints)
      state.finished ||= choice['finish_reason'] !== null && choice['finish_reason'] !== undefined
    }
  }
  const open = [...choices.values()].filter(({ finished }) => !finished)
  complaints.unless(broken || (choices.size > 0 && open.length === 0), 'a choice has no finish_reason')
  return complaints.all
}

function checkCall(call: object, state: ChoiceState, complaints: Complaints): void {
  const index = at(call, 'index')
  if (index === state.calls) {
    state.calls++
    complaints.unless(textAt(call, 'id') !== '', 'a call begins without an id')
    const name = textAt(call, 'function', 'name') || textAt(call, 'custom', 'name')
    complaints.unless(name !== '', 'a call begins without a name')
    return
  }
  complaints.unless(
    typeof index === 'number' && index >= 0 && index < state.calls,
    'the index of a call is skipped',
  )
  complaints.unless(at(call, 'id') === undefined, 'a call has its id twice')
  complaints.unless(at(call, 'function', 'name') === undefined, 'a call has its name twice')
}
