// Names requests: unique, hard to guess, and growing with time, so that an index of them grows at its end.

import { randomFillSync } from 'node:crypto'

const randomBytesPerId = 10
const idsPerRefill = 256

/** @param wall milliseconds since the epoch */
export function createRequestIds(wall: () => number): () => string {
  const pool = Buffer.alloc(randomBytesPerId * idsPerRefill)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const random = pool.toString('hex', used, used + randomBytesPerId)
    used += randomBytesPerId
    return `req_${wall().toString(16).padStart(12, '0')}${random}`
  }
}
