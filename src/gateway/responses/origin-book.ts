// Remembers which target made an encrypted thought: no other can read it, and most refuse the whole request for it.

import { BoundedMap } from '../../lib/bounded-map.ts'

export interface OriginBook {
  remember(encrypted: string, targetId: string): void
  /** Null where nobody remembers. */
  originOf(encrypted: string): string | null
}

/** The end of an encrypted text is its seal: as good as the whole. */
const sealLength = 48

export function createOriginBook(maxEntries: number): OriginBook {
  const origins = new BoundedMap<string>(maxEntries, maxEntries)
  return {
    remember: (encrypted, targetId) => origins.set(encrypted.slice(-sealLength), targetId, 1),
    originOf: encrypted => origins.peek(encrypted.slice(-sealLength)) ?? null,
  }
}
