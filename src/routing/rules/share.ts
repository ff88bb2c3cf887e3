// Which share of the requests one falls into: the same for the same text on every instance, and after every restart.

/** A number from 0 to below 1, evenly spread over texts (FNV-1a, and the finish of MurmurHash3). */
export function shareOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296
}

/** The part into which a draw falls; null for the rest, behind all of them. */
export function partAt<Part extends { readonly share: number }>(
  parts: readonly Part[],
  draw: number,
): Part | null {
  let upTo = 0
  for (const part of parts) {
    upTo += part.share
    if (draw < upTo) return part
  }
  return null
}
