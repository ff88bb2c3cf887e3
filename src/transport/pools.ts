// One connection pool for each provider and address. A pool that a new configuration no longer needs closes by
// itself when its last request has ended; it never takes one down.

import type { Pool } from 'undici'
import UndiciPool from 'undici/lib/dispatcher/pool.js'
import type { Connection } from '../call.ts'
import type { Clock } from '../lib/clock.ts'

export interface Pools {
  of(connection: Connection): Pool
  /** Closes what none of these connections uses. */
  retain(connections: readonly Connection[]): void
  /** Sockets by state, over all pools. */
  counts(): { readonly running: number; readonly connected: number }
  close(): Promise<void>
}

/** Providers' edges close idle sockets after a minute or more; we close first. */
const keepAliveMs = 30_000

/** How long requests in flight have to end when all pools close. */
const closeWithinMs = 2000

export function createPools(clock: Clock): Pools {
  const pools = new Map<string, Pool>()
  const byConnection = new WeakMap<Connection, Pool>()

  function open(connection: Connection): Pool {
    const key = poolKey(connection)
    let pool = pools.get(key)
    if (pool === undefined) {
      pool = new UndiciPool(connection.origin, {
        connections: connection.maxConnections,
        pipelining: 1,
        // A stale HTTP/2 session fails many requests at once; one request for each socket fails alone.
        allowH2: false,
        connect: { timeout: connection.timers.connectMs },
        keepAliveTimeout: keepAliveMs,
        keepAliveMaxTimeout: keepAliveMs,
        // Silence is timed by our own alarms, which know the phase and the total deadline.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxHeaderSize: 65_536,
      })
      pools.set(key, pool)
    }
    byConnection.set(connection, pool)
    return pool
  }

  return {
    of(connection) {
      const known = byConnection.get(connection)
      // A request that began on an older configuration may try again after its pool was closed.
      return known === undefined || known.closed ? open(connection) : known
    },
    retain(connections) {
      const wanted = new Set(connections.map(poolKey))
      for (const [key, pool] of pools) {
        if (wanted.has(key)) continue
        pools.delete(key)
        void pool.close().catch(() => {})
      }
    },
    counts() {
      let running = 0
      let connected = 0
      for (const pool of pools.values()) {
        running += pool.stats.running
        connected += pool.stats.connected
      }
      return { running, connected }
    },
    async close() {
      const all = [...pools.values()]
      pools.clear()
      await Promise.race([
        Promise.all(all.map(pool => pool.close().catch(() => {}))),
        new Promise<void>(resolve => clock.after(closeWithinMs, resolve)),
      ])
      // An upstream that does not end its answer must not keep the process.
      await Promise.all(all.map(pool => pool.destroy().catch(() => {})))
    },
  }
}

function poolKey(connection: Connection): string {
  const { provider, origin, maxConnections, timers } = connection
  return `${provider}\n${origin}\n${maxConnections}\n${timers.connectMs}`
}
