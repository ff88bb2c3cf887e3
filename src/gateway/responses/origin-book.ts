// Remembers which target made an encrypted thought: no other can read it, and most refuse the whole request for it.

export interface OriginBook {
  remember(encrypted: string, targetId: string): void
  /** Null where nobody remembers. */
  originOf(encrypted: string): string | null
}

/** The end of an encrypted text is its seal: as good as the whole. */
const sealLength = 48

export function createOriginBook(maxEntries: number): OriginBook {
  const origins = new Map<string, string>()
  return {
    remember(encrypted, targetId) {
      const seal = encrypted.slice(-sealLength)
      origins.delete(seal)
      origins.set(seal, targetId)
      if (origins.size <= maxEntries) return
      for (const oldest of origins.keys()) {
        origins.delete(oldest)
        break
      }
    },
    originOf: encrypted => origins.get(encrypted.slice(-sealLength)) ?? null,
  }
}
