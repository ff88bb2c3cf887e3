// The arguments of a call for formats where they are an object, whole and in pieces: text that is none is wrapped.

import type { PartOpening } from '../../conversation/completion-event.ts'
import { parseToolArguments } from '../../conversation/tool-arguments.ts'
import type { JsonObject } from '../../lib/json-value.ts'

/** One for each call. */
export interface ObjectPieces {
  /** What to write for the next piece; empty where it waits. */
  push(text: string): string
  /** What is left to write at the end. */
  end(): string
}

/** Clients of such formats know no tools that take free text: it stands in a field. */
export function objectOf(call: { readonly arguments: string; readonly custom?: true }): JsonObject {
  return call.custom === true ? { input: call.arguments } : parseToolArguments(call.arguments)
}

/** The same in pieces; null for what is no call. */
export function piecesOf(opening: PartOpening): ObjectPieces | null {
  if (opening.type !== 'tool_call') return null
  return opening.custom === true ? openTextPieces() : openArgumentPieces()
}

function openTextPieces(): ObjectPieces {
  let head = '{"input":"'
  const takeHead = (): string => {
    const taken = head
    head = ''
    return taken
  }
  return {
    push: text => takeHead() + JSON.stringify(text).slice(1, -1),
    end: () => `${takeHead()}"}`,
  }
}

/** What begins like an object passes as it comes; anything else is known only when it is whole. */
function openArgumentPieces(): ObjectPieces {
  let isObject = false
  let held = ''
  return {
    push(text) {
      if (isObject) return text
      held += text
      isObject = held.trimStart().startsWith('{')
      return isObject ? held : ''
    },
    end: () => (isObject || held === '' ? '' : JSON.stringify(parseToolArguments(held))),
  }
}
