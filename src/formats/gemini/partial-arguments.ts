// Arguments that a model writes piece by piece, each with its JSON path (`$.items[0].name`), as the text of one
// JSON object. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc

import type { JsonObject } from '../../lib/json-value.ts'
import { ContradictoryAnswer } from '../shared/answer-body.ts'

interface Level {
  readonly isList: boolean
  /** The key, or the index, of the value that was begun last. */
  last: string | number | null
}

const segment = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y

/** A class because it lives as long as the call, and each piece passes through it. */
export class ArgumentWriter {
  readonly #levels: Level[] = [{ isList: false, last: null }]
  #begun = false
  /** The path of the text that is open: its pieces follow without a quote between them. */
  #openText: unknown = null

  /** @returns the text that these pieces add @throws GatewayError `upstream_malformed` for a path that is none */
  write(pieces: readonly JsonObject[]): string {
    let text = ''
    for (const piece of pieces) text += this.#writePiece(piece)
    return text
  }

  /** @returns what closes all that is open */
  end(): string {
    const opening = this.#begun ? '' : '{'
    let text = opening + (this.#openText === null ? '' : '"')
    for (const { isList } of this.#levels.toReversed()) text += isList ? ']' : '}'
    this.#levels.length = 0
    return text
  }

  #writePiece(piece: JsonObject): string {
    const { jsonPath, stringValue } = piece
    const goesOn = this.#openText !== null && this.#openText === jsonPath
    let text = this.#begun ? '' : '{'
    this.#begun = true
    if (!goesOn) {
      if (this.#openText !== null) text += '"'
      text += this.#moveTo(parsePath(jsonPath))
    }
    this.#openText = null
    if (typeof stringValue === 'string') {
      if (piece['willContinue'] === true) this.#openText = jsonPath
      const quoted = JSON.stringify(stringValue)
      return text + quoted.slice(goesOn ? 1 : 0, this.#openText === null ? undefined : -1)
    }
    if (goesOn) return `${text}"`
    return text + JSON.stringify(piece['numberValue'] ?? piece['boolValue'] ?? null)
  }

  /** Closes what the path has left and opens what it enters, up to the value itself. */
  #moveTo(path: readonly (string | number)[]): string {
    let depth = 0
    while (
      depth < this.#levels.length - 1 &&
      depth < path.length - 1 &&
      this.#levels[depth]?.last === path[depth]
    )
      depth++
    let text = ''
    while (this.#levels.length - 1 > depth) text += this.#levels.pop()?.isList ? ']' : '}'
    for (; depth < path.length; depth++) {
      const level = this.#levels[depth]
      const step = path[depth]
      if (level === undefined || step === undefined || level.isList !== (typeof step === 'number'))
        throw new ContradictoryAnswer('has arguments of a call with paths that contradict each other')
      if (level.last !== null) text += ','
      level.last = step
      if (typeof step === 'string') text += `${JSON.stringify(step)}:`
      const next = path[depth + 1]
      if (next === undefined) break
      this.#levels.push({ isList: typeof next === 'number', last: null })
      text += typeof next === 'number' ? '[' : '{'
    }
    return text
  }
}

function parsePath(path: unknown): readonly (string | number)[] {
  const steps: (string | number)[] = []
  if (typeof path === 'string' && path.startsWith('$')) {
    segment.lastIndex = 1
    for (let match = segment.exec(path); match !== null; match = segment.exec(path)) {
      const [, name, index, single, double] = match
      steps.push(index === undefined ? (name ?? withoutEscapes(single ?? double ?? '')) : Number(index))
      if (segment.lastIndex === path.length) return steps
    }
  }
  throw new ContradictoryAnswer('has a piece of arguments without a path')
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}
