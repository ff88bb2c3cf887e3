// The order of neutral events, as completion-event.ts has it:
// start (part_start (part_delta | part_detail)* part_end | part | logprobs | usage)* finish-per-choice usage? end

import type { CompletionEvent } from '../../../src/conversation/completion-event.ts'
import { Complaints } from './grammar.ts'

type PartEvent = Extract<CompletionEvent, { readonly part: number }>

export function neutralGrammar(events: readonly CompletionEvent[]): string[] {
  const complaints = new Complaints()
  const open = new Set<string>()
  const begun = new Map<number, number>()
  const finished = new Set<number>()
  events.forEach((event, place) => {
    complaints.unless((event.type === 'start') === (place === 0), 'start is not the first')
    complaints.unless((event.type === 'end') === (place === events.length - 1), 'end is not the last')
    if ('part' in event) {
      complaints.unless(finished.size === 0, 'a part after the finish of a choice')
      readPart(event, { complaints, open, begun })
    }
    if (event.type !== 'finish') return
    complaints.unless(!finished.has(event.choice), 'a choice finishes twice')
    complaints.unless(open.size === 0, 'a choice finishes within a part')
    finished.add(event.choice)
  })
  complaints.unless(
    [...begun.keys()].every(choice => finished.has(choice)),
    'a choice never finishes',
  )
  return complaints.all
}

interface State {
  readonly complaints: Complaints
  readonly open: Set<string>
  readonly begun: Map<number, number>
}

function readPart(event: PartEvent, { complaints, open, begun }: State): void {
  const key = `${event.choice} ${event.part}`
  if (event.type === 'part_start' || event.type === 'part') {
    const count = begun.get(event.choice) ?? 0
    complaints.unless(event.part === count, 'parts do not begin in the order of their numbers')
    begun.set(event.choice, count + 1)
    if (event.type === 'part_start') open.add(key)
    return
  }
  complaints.unless(open.has(key), `${event.type} of a part that is not open`)
  if (event.type === 'part_end') open.delete(key)
}
