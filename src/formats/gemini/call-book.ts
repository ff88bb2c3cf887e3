// Pairs calls of functions with their results. Ids are optional on the wire: without them, results are told apart by
// the name of the function and by their order.

import type { JsonObject } from '../../lib/json-value.ts'
import { objectIn, objectsIn, textIn } from './wire.ts'

interface Call {
  readonly id: string
  readonly name: string
}

/** A class because it lives through the decoding of a whole conversation and remembers what is open. */
export class CallBook {
  readonly #given: ReadonlySet<string>
  readonly #open: Call[] = []
  #made = 0

  /** @param contents all of them: an id that is made up must not be one that stands there */
  constructor(contents: readonly JsonObject[]) {
    const parts = contents.flatMap(content => objectsIn(content, 'parts'))
    this.#given = new Set(
      parts.flatMap(part => [
        textIn(objectIn(part, 'functionCall'), 'id') ?? '',
        textIn(objectIn(part, 'functionResponse'), 'id') ?? '',
      ]),
    )
  }

  /** The id of a call, made up where it has none: the same for the same conversation each time. */
  open(call: JsonObject): string {
    const id = textIn(call, 'id') || this.#makeId()
    this.#open.push({ id, name: textIn(call, 'name') ?? '' })
    return id
  }

  /** The id of the call that a result answers. */
  answer(response: JsonObject): string {
    const given = textIn(response, 'id')
    const name = textIn(response, 'name') ?? ''
    const index = this.#open.findIndex(call => (given ? call.id === given : call.name === name))
    if (index === -1) return given || this.#makeId()
    return this.#open.splice(index, 1)[0]?.id ?? this.#makeId()
  }

  #makeId(): string {
    let id: string
    do id = `call_${++this.#made}`
    while (this.#given.has(id))
    return id
  }
}
