// Virtual time: what is to happen happens in its order, at once. A binary heap, as there are many thousands of events.

interface Entry {
  readonly at: number
  /** Of two at one moment, the one that was planned first. */
  readonly number: number
  readonly happen: () => void
}

export interface Timeline {
  /** Milliseconds. */
  now(): number
  after(delayMs: number, happen: () => void): void
  /** Runs all that is due, in order, and moves the time there; infinity runs everything. */
  runUntil(at: number): void
}

export function createTimeline(): Timeline {
  const heap: Entry[] = []
  let time = 0
  let planned = 0
  return {
    now: () => time,
    after(delayMs, happen) {
      push(heap, { at: time + delayMs, number: planned++, happen })
    },
    runUntil(at) {
      for (let next = heap[0]; next !== undefined && next.at <= at; next = heap[0]) {
        pop(heap)
        time = Math.max(time, next.at)
        next.happen()
      }
      if (Number.isFinite(at)) time = at
    },
  }
}

function before(left: Entry, right: Entry): boolean {
  return left.at === right.at ? left.number < right.number : left.at < right.at
}

function push(heap: Entry[], entry: Entry): void {
  let place = heap.length
  heap.push(entry)
  while (place > 0) {
    const above = (place - 1) >> 1
    const parent = heap[above] as Entry
    if (before(parent, entry)) break
    heap[place] = parent
    place = above
  }
  heap[place] = entry
}

function pop(heap: Entry[]): void {
  const entry = heap.pop() as Entry
  if (heap.length === 0) return
  let place = 0
  for (;;) {
    let below = 2 * place + 1
    if (below >= heap.length) break
    if (below + 1 < heap.length && before(heap[below + 1] as Entry, heap[below] as Entry)) below++
    const child = heap[below] as Entry
    if (before(entry, child)) break
    heap[place] = child
    place = below
  }
  heap[place] = entry
}
