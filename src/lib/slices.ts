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
