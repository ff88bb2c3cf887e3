// The affinity memory over Redis: read from the copy in memory, written in batches, asked for within milliseconds.

import type { Clock } from '../../lib/clock.ts'
import { type AffinityCopy, createAffinityCopy, nameOf } from '../affinity-copy.ts'
import type { AffinityPlace, AffinityStore } from '../shared-state.ts'
import type { RedisParts } from './parts.ts'

export interface RedisAffinity extends AffinityStore {
  /** Writes what waits. */
  flush(): Promise<void>
  /** A server that was away may have lost what this instance wrote. */
  forgetWritten(): void
}

type AffinityParts = Pick<RedisParts, 'link' | 'clock' | 'keys'>

/** How long a request may wait for what another instance knows. */
const longestWaitMs = 5
/** How old a copy may be before it is compared, in the background. */
const refreshMs = 10_000
const batchMs = 20
const maxWaiting = 1_000
const maxAsking = 1_000
/** A memory that is only kept alive is written again when this share of its time is over. */
const rewriteShare = 0.25

export function createRedisAffinity(parts: AffinityParts): RedisAffinity {
  const { link, clock } = parts
  const copy = createAffinityCopy(clock)
  const writer = createWriter(parts)
  const reader = createReader(parts, copy)

  function canAsk(): boolean {
    return link().up && reader.asking() < maxAsking
  }

  function known(place: AffinityPlace): string | null {
    const note = copy.read(place)
    if (note === null) return null
    const now = clock.now()
    if (now - note.checkedAt > refreshMs && canAsk() && !writer.isWaiting(place)) {
      note.checkedAt = now
      void reader.ask(place)
    }
    return note.value
  }

  return {
    recall(place) {
      const value = known(place)
      if (value === null && canAsk()) void reader.ask(place)
      return value
    },
    find(place) {
      const value = known(place)
      if (value !== null || !canAsk()) return value
      return answerOrNull(reader.ask(place), longestWaitMs, clock)
    },
    remember(place, value, ttlMs) {
      copy.write(place, value, ttlMs)
      writer.write(place, value, ttlMs)
    },
    flush: writer.flush,
    forgetWritten: writer.forgetWritten,
  }
}

interface Writer {
  write(place: AffinityPlace, value: string, ttlMs: number): void
  isWaiting(place: AffinityPlace): boolean
  flush(): Promise<void>
  forgetWritten(): void
}

function createWriter({ link, clock, keys }: AffinityParts): Writer {
  const waiting = new Map<string, { place: AffinityPlace; value: string; until: number }>()
  /** What Redis holds, as far as this instance wrote it. */
  let written = createAffinityCopy(clock)
  let cancelBatch: (() => void) | null = null

  async function flush(): Promise<void> {
    cancelBatch?.()
    cancelBatch = null
    const writes = [...waiting.values()]
    waiting.clear()
    await Promise.all(
      writes.map(async ({ place, value, until }) => {
        const leftMs = Math.ceil(until - clock.now())
        if (leftMs <= 0) return
        const words = ['SET', keys.affinity(place), value, 'PX', String(leftMs)]
        const answer = await link().ask(client => client.command(words))
        if (answer !== undefined) written.write(place, value, leftMs)
      }),
    )
  }

  return {
    write(place, value, ttlMs) {
      const last = written.read(place)
      const leftMs = last === null ? 0 : last.until - clock.now()
      if (last?.value === value && leftMs > ttlMs * (1 - rewriteShare)) return
      if (!link().up || waiting.size >= maxWaiting) return
      waiting.set(nameOf(place), { place, value, until: clock.now() + ttlMs })
      cancelBatch ??= clock.after(batchMs, () => void flush())
    },
    isWaiting: place => waiting.has(nameOf(place)),
    flush,
    forgetWritten() {
      written = createAffinityCopy(clock)
    },
  }
}

interface Reader {
  /** Asks Redis, once for all who ask at a time, and keeps the answer in the copy. */
  ask(place: AffinityPlace): Promise<string | null>
  asking(): number
}

function createReader({ link, keys }: AffinityParts, copy: AffinityCopy): Reader {
  const asking = new Map<string, Promise<string | null>>()

  async function fetch(place: AffinityPlace): Promise<string | null> {
    const before = copy.read(place)
    const key = keys.affinity(place)
    const answers = await link().ask(client =>
      Promise.all([client.command(['GET', key]), client.command(['PTTL', key])]),
    )
    const [value, leftMs] = answers ?? []
    const now = copy.read(place)
    // What was remembered here in the meantime is newer.
    if (now !== before || typeof value !== 'string' || typeof leftMs !== 'number' || leftMs <= 0)
      return now?.value ?? null
    copy.write(place, value, leftMs)
    return value
  }

  return {
    asking: () => asking.size,
    ask(place) {
      const name = nameOf(place)
      const known = asking.get(name)
      if (known !== undefined) return known
      const answer = fetch(place).finally(() => asking.delete(name))
      asking.set(name, answer)
      return answer
    },
  }
}

/** The answer, or null where it takes too long; it is kept for the next time then. */
function answerOrNull(
  answer: Promise<string | null>,
  waitMs: number,
  clock: Pick<Clock, 'after'>,
): Promise<string | null> {
  return new Promise(resolve => {
    // As in the link: what has arrived while the event loop was held up is read before it counts as late.
    const cancel = clock.after(waitMs, () => setImmediate(resolve, null))
    void answer.then(resolve).finally(cancel)
  })
}
