// Breaks long work up: after each piece the event loop comes round once, for one of all those who wait. Pieces of several
// providers that came due together would add up to a long one.

/** @param later calls back when the event loop has come round */
export function createPacer(later: (callback: () => void) => void = setImmediate): () => Promise<void> {
  const waiting: (() => void)[] = []
  const next = (): void => {
    waiting.shift()?.()
    if (waiting.length > 0) later(next)
  }
  return () =>
    new Promise(resolve => {
      waiting.push(resolve)
      if (waiting.length === 1) later(next)
    })
}
