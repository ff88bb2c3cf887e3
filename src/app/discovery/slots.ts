// Lets only so many of a kind of work go on at once; the others wait for their turn.

export type Slots = <Result>(work: () => Promise<Result>) => Promise<Result>

export function createSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  return async work => {
    if (free > 0) free--
    else await new Promise<void>(resolve => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
