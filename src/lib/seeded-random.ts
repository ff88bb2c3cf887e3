// Chance that can be had again: the same seed gives the same numbers.

/**
 * Numbers from 0 to below 1 (Mulberry32: 32 bits of state, passes the usual tests of such generators).
 * @param seed of which the lower 32 bits count
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return function nextRandom() {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
