// Responses that clients may go on from, for thirty days. What was kept last is in memory as well; everything goes to SQL
// through the worker, which takes one request after the other: who asks after a write finds what was written.

import type { Observer } from '../events.ts'
import { BoundedMap } from '../lib/bounded-map.ts'
import type { Clock } from '../lib/clock.ts'
import { type IndexedResponse, type ResponseKey, type StoredResponse, sizeOf } from './responses-table.ts'
import type { CallWorker } from './worker-client.ts'

export type { StoredResponse } from './responses-table.ts'

export interface ResponseStore {
  /** Keeps a response. Never fails: where the disk does not take it, it is told once, and kept in memory for a while. */
  keep(response: IndexedResponse): void
  find(key: ResponseKey): Promise<StoredResponse | null>
  /** The response that an item belongs to. */
  findByItem(key: ResponseKey): Promise<StoredResponse | null>
  /** Resolves when it is gone from the disk: true where there was one. */
  remove(key: ResponseKey): Promise<boolean>
}

export interface RunningResponseStore extends ResponseStore {
  /** Nothing is deleted by itself any more. */
  stop(): void
}

export interface ResponseStoreDependencies {
  readonly call: CallWorker
  readonly clock: Clock
  readonly observe: Observer
  /** Characters kept at most, on disk. */
  readonly maxSize?: number
}

const keptMs = 30 * 86_400_000
const defaultMaxSize = 1 << 30
/** Characters in memory: of the responses kept last, and of those that wait for the disk. */
const maxCachedSize = 32 << 20
const maxWaitingSize = 64 << 20
const firstAfterMs = 90_000
const everyMs = 3_600_000
const deletedAtOnce = 200

export function createResponseStore(dependencies: ResponseStoreDependencies): RunningResponseStore {
  const { call, observe } = dependencies
  const cache = new BoundedMap<StoredResponse>(Infinity, maxCachedSize)
  const putInCache = (record: StoredResponse): void => cache.set(nameOf(record), record, sizeOf(record))
  const pruning = startPruning(dependencies)
  let waiting = 0
  let failing = false
  let changes = 0

  const write = async (response: IndexedResponse): Promise<void> => {
    const size = sizeOf(response.record)
    waiting += size
    try {
      if (waiting > maxWaitingSize) throw new Error('too many responses wait for the disk')
      await call('putResponse', response)
      failing = false
      pruning.grown(size)
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      const message = `Responses cannot be kept: ${reason}`
      if (!failing) observe({ type: 'notice', level: 'error', message })
      failing = true
    } finally {
      waiting -= size
    }
  }

  return {
    keep(response) {
      changes++
      putInCache(response.record)
      void write(response)
    },
    async find(key) {
      const known = cache.get(nameOf(key))
      if (known !== undefined) return known
      const before = changes
      const found = await call('findResponse', key)
      // What was kept or removed while the disk was read is newer than what was read.
      if (found !== null && changes === before) putInCache(found)
      return found
    },
    findByItem: key => call('findResponseOfItem', key),
    remove(key) {
      changes++
      cache.delete(nameOf(key))
      return call('deleteResponse', key)
    },
    stop: pruning.stop,
  }
}

function nameOf({ tenant, id }: ResponseKey): string {
  return `${tenant}\n${id}`
}

interface Pruning {
  /** Tells of what was added since. */
  grown(size: number): void
  stop(): void
}

/** Deletes what is too old or too much: every hour, and when a lot was added. */
function startPruning(dependencies: ResponseStoreDependencies): Pruning {
  const { call, clock, observe, maxSize = defaultMaxSize } = dependencies
  let stopped = false
  let running = false
  let added = 0

  const prune = async (): Promise<void> => {
    if (running || stopped) return
    running = true
    added = 0
    try {
      for (let deleted = deletedAtOnce; deleted === deletedAtOnce && !stopped; )
        deleted = await call('pruneResponses', {
          before: clock.wall() - keptMs,
          maxSize,
          limit: deletedAtOnce,
        })
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      const message = `Old responses could not be deleted: ${reason}`
      if (!stopped) observe({ type: 'notice', level: 'warn', message })
    }
    running = false
  }
  const run = async (): Promise<void> => {
    await prune()
    if (!stopped) clock.after(everyMs, () => void run())
  }
  clock.after(firstAfterMs, () => void run())
  return {
    grown(size) {
      added += size
      if (added > maxSize / 8) void prune()
    },
    stop() {
      stopped = true
    },
  }
}
