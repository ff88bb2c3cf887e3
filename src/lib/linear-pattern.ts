// Regular expressions whose time grows with the length of the text alone, never with its shape: for patterns that meet
// texts of strangers. Tells whether a text holds a match, in the syntax of RE2 as far as that needs.

import { PatternError, type Piece, parsePattern, type TakesUnit } from './linear-pattern-parser.ts'

export { PatternError }

/** States of the machine; repetitions with counts are written out. */
const maxStates = 2_000

type State =
  | { readonly kind: 'take'; readonly takes: TakesUnit; next: State; readonly id: number }
  | { readonly kind: 'fork'; left: State; right: State; readonly id: number }
  | {
      readonly kind: 'assert'
      readonly holds: (text: string, at: number) => boolean
      next: State
      readonly id: number
    }
  | { readonly kind: 'match'; readonly id: number }

/**
 * @returns whether the text holds a match
 * @throws PatternError for what is no pattern, not supported, or too large
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const machine = createMachine()
  const first = machine.build(parsePattern(pattern), machine.match)
  // One for each state: at which position it was last reached.
  const reached = new Int32Array(machine.size())
  return text => search(first, { text, reached })
}

function createMachine() {
  let states = 0
  const nextId = (): number => {
    if (states >= maxStates)
      throw new PatternError('is too large: its counted repetitions come to too many states')
    return states++
  }
  const match: State = { kind: 'match', id: nextId() }

  /** The machine of a piece that goes on to `next`. */
  function build(piece: Piece, next: State): State {
    switch (piece.kind) {
      case 'unit':
        return { kind: 'take', takes: piece.takes, next, id: nextId() }
      case 'assert':
        return { kind: 'assert', holds: piece.holds, next, id: nextId() }
      case 'sequence':
        return piece.pieces.reduceRight((after, each) => build(each, after), next)
      case 'choice':
        return piece.pieces
          .map(each => build(each, next))
          .reduceRight((right, left) => ({ kind: 'fork', left, right, id: nextId() }))
      case 'repeat':
        return repeat(piece, next)
    }
  }

  function repeat({ piece, least, most }: Piece & { kind: 'repeat' }, next: State): State {
    let rest = next
    if (most === null) {
      const loop: State = { kind: 'fork', left: next, right: next, id: nextId() }
      loop.left = build(piece, loop)
      rest = loop
    } else {
      for (let count = least; count < most; count++)
        rest = { kind: 'fork', left: build(piece, rest), right: next, id: nextId() }
    }
    for (let count = 0; count < least; count++) rest = build(piece, rest)
    return rest
  }

  return { build, match, size: () => states }
}

/** All ways through the machine are walked side by side, so that no unit of the text is looked at twice. */
function search(
  first: State,
  { text, reached }: { readonly text: string; readonly reached: Int32Array },
): boolean {
  reached.fill(-1)
  let current: State[] = []
  for (let at = 0; at <= text.length; at++) {
    // A match may begin anywhere.
    if (enter(first, { text, at, reached, into: current })) return true
    if (at === text.length) break
    const unit = text.charCodeAt(at)
    const following: State[] = []
    for (const state of current)
      if (state.kind === 'take' && state.takes(unit))
        if (enter(state.next, { text, at: at + 1, reached, into: following })) return true
    current = following
  }
  return false
}

interface Step {
  readonly text: string
  readonly at: number
  readonly reached: Int32Array
  readonly into: State[]
}

/** Collects the states that take a unit next. @returns whether the end of the pattern was reached */
function enter(state: State, step: Step): boolean {
  const waiting: State[] = [state]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'match') return true
    if (step.reached[next.id] === step.at) continue
    step.reached[next.id] = step.at
    if (next.kind === 'take') step.into.push(next)
    else if (next.kind === 'fork') waiting.push(next.left, next.right)
    else if (next.holds(step.text, step.at)) waiting.push(next.next)
  }
  return false
}
