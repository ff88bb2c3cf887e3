// Long work in pieces, so that what waits meanwhile gets its turn. The work is a generator that yields between pieces.

/** All at once: for tests, and for programs that serve nobody. */
export function runAtOnce<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/**
 * Piece by piece.
 * @param rest waits until it may go on: a turn of the event loop
 */
export async function runInSlices<Result>(
  steps: Generator<void, Result>,
  rest: () => Promise<void> = nextTurn,
): Promise<Result> {
  let step = steps.next()
  while (step.done !== true) {
    await rest()
    step = steps.next()
  }
  return step.value
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** Between two pauses, where none of them takes long. */
export const itemsAtOnce = 200

/** As `map` of an array, in pieces. */
export function* mapSteps<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Generator<void, readonly Result[]> {
  const mapped: Result[] = []
  for (const item of items) {
    if (mapped.length > 0 && mapped.length % itemsAtOnce === 0) yield
    mapped.push(map(item))
  }
  return mapped
}

const sortedAtOnce = 1000

/** A stable sort in pieces: some short lists first, and then two at a time into one. */
export function* sortSteps<Item>(
  items: readonly Item[],
  compare: (left: Item, right: Item) => number,
): Generator<void, readonly Item[]> {
  let lists: (readonly Item[])[] = []
  for (let start = 0; start < items.length; start += sortedAtOnce) {
    lists.push(items.slice(start, start + sortedAtOnce).sort(compare))
    yield
  }
  while (lists.length > 1) {
    const joined: (readonly Item[])[] = []
    for (let place = 0; place < lists.length; place += 2) {
      joined.push(join(lists[place] ?? [], lists[place + 1] ?? [], compare))
      yield
    }
    lists = joined
  }
  return lists[0] ?? []
}

/** Both are sorted; of equal ones, those of the left come first. */
function join<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (left: Item, right: Item) => number,
): readonly Item[] {
  const joined: Item[] = []
  let taken = 0
  for (const item of left) {
    for (let next = right[taken]; next !== undefined && compare(next, item) < 0; next = right[taken]) {
      joined.push(next)
      taken++
    }
    joined.push(item)
  }
  return [...joined, ...right.slice(taken)]
}
