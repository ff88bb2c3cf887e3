// Gives parallel tool calls distinct indexes where a vendor leaves them out, or starts every call at 0.

import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'

interface RunningCall {
  id: string | null
  readonly index: number
}

/** The tool calls of one choice, as its deltas tell of them. */
export class ToolCallIndexes {
  /** By the vendor's index: the call that its deltas now belong to. */
  readonly #running = new Map<number, RunningCall>()
  readonly #indexById = new Map<string, number>()
  #last = -1
  #next = 0

  /**
   * The index that the delta of a call must carry. It differs from the vendor's only where that is certainly wrong:
   * missing, or used by another call before while this one comes with an id and a name of its own.
   */
  indexOf(call: MutableJson): number {
    const id = isText(call['id']) ? call['id'] : null
    const named = isObject(call['function']) && isText(call['function']['name'])
    const index = call['index']
    if (typeof index !== 'number') return this.#withoutIndex(id, named)
    const running = this.#running.get(index)
    if (running === undefined) return this.#begin(id, index)
    if (id === null || id === running.id) return running.index
    const known = this.#indexById.get(id)
    if (known !== undefined) return this.#resume(index, { id, index: known })
    if (running.id !== null && named) return this.#begin(id, index)
    running.id = id
    this.#indexById.set(id, running.index)
    return running.index
  }

  #withoutIndex(id: string | null, named: boolean): number {
    const known = id === null ? undefined : this.#indexById.get(id)
    if (known !== undefined) return known
    if (id === null && !named && this.#last !== -1) return this.#last
    return this.#begin(id, this.#next)
  }

  #begin(id: string | null, wanted: number): number {
    const index = Math.max(wanted, this.#next)
    if (id !== null) this.#indexById.set(id, index)
    this.#next = index + 1
    return this.#resume(wanted, { id, index })
  }

  #resume(vendorIndex: number, call: RunningCall): number {
    this.#running.set(vendorIndex, call)
    this.#last = call.index
    return call.index
  }
}
