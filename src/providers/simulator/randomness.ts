// Randomness that is none: numbers that follow from a seed, so that the same request has the same answer everywhere.

/** FNV-1a over the UTF-16 units of a text: 32 bits. */
export function hashText(text: string, seed: number): number {
  let hash = (2_166_136_261 ^ seed) >>> 0
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619) >>> 0
  return hash
}

/** A sequence of 32-bit numbers (mulberry32). */
export function createSequence(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** An identifier of 24 hexadecimal digits. */
export function makeId(prefix: string, seed: number): string {
  const next = createSequence(seed)
  const digits = [next(), next(), next()].map(number => number.toString(16).padStart(8, '0'))
  return prefix + digits.join('')
}
