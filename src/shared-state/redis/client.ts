// One connection to Redis, as narrow as it is needed here. The only file that knows the client library.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { createClient as CreateClient } from '@redis/client'
import type { Secret } from '../../lib/secret.ts'

/** Files in PEM. */
export interface RedisTls {
  /** Authorities to trust; null for the public ones. */
  readonly caFile: string | null
  readonly certificate: { readonly file: string; readonly keyFile: string } | null
  /** For which the server's certificate must stand; null: the host of the address. */
  readonly serverName: string | null
}

export interface RedisSettings {
  /** `redis://` or `rediss://`, with host, port and number of the database; without user and password. */
  readonly url: string
  readonly username: string | null
  readonly password: Secret | null
  /** For `rediss://`; null for `redis://`. */
  readonly tls: RedisTls | null
  /** What every key and channel begins with. */
  readonly prefix: string
  /** A command that is not answered after this time counts as lost, and so does the server. */
  readonly timeoutMs: number
}

/** A step that Redis takes as a whole: nothing of another client comes in between. */
export interface Script {
  readonly source: string
  readonly hash: string
}

export interface RedisClient {
  /** Rejects where it cannot be had. May take long: who does not want to wait destroys it. */
  connect(): Promise<void>
  command(words: readonly string[]): Promise<unknown>
  /** Runs a script on one key. */
  run(script: Script, key: string, words: readonly string[]): Promise<unknown>
  subscribe(channel: string, listener: (message: string) => void): Promise<void>
  /** Ends at once; what is not answered yet rejects. */
  destroy(): void
}

/** @param onLost called when the connection ends that had been there, unless it was destroyed */
export type OpenRedisClient = (onLost: (reason: unknown) => void) => RedisClient

/** Commands that may wait for their answers: as many as a busy instance sends within the timeout, and some more. */
const maxWaiting = 5_000

export function defineScript(source: string): Script {
  return { source, hash: createHash('sha1').update(source).digest('hex') }
}

export function redisClientFor(settings: RedisSettings): OpenRedisClient {
  return onLost => {
    let client: ReturnType<typeof CreateClient> | null = null
    let destroyed = false

    function connected(): ReturnType<typeof CreateClient> {
      if (client === null) throw new Error('not connected')
      return client
    }

    async function command(words: readonly string[]): Promise<unknown> {
      return await connected().sendCommand([...words])
    }

    return {
      async connect() {
        // Loaded here: a gateway without Redis does not pay for the library.
        const { createClient } = await import('@redis/client')
        const socket = await tlsOptions(settings)
        if (destroyed) throw new Error('given up')
        client = createClient(optionsFor(settings, socket))
        // Without a listener, an error event would end the process.
        client.on('error', (reason: unknown) => {
          if (!destroyed) onLost(reason)
        })
        await client.connect()
      },
      command,
      async run({ source, hash }, key, words) {
        try {
          return await command(['EVALSHA', hash, '1', key, ...words])
        } catch (thrown) {
          // A server that was restarted has forgotten its scripts.
          if (!(thrown instanceof Error) || !thrown.message.startsWith('NOSCRIPT')) throw thrown
          return await command(['EVAL', source, '1', key, ...words])
        }
      },
      subscribe: async (channel, listener) => await connected().subscribe(channel, listener),
      destroy() {
        destroyed = true
        client?.destroy()
      },
    }
  }
}

type TlsOptions = Partial<Record<'ca' | 'cert' | 'key', Buffer>> & { readonly servername?: string }

/** With each connection anew: certificates are renewed while a gateway runs. */
async function tlsOptions({ url, tls }: RedisSettings): Promise<TlsOptions> {
  if (tls === null) return {}
  const { caFile, certificate, serverName } = tls
  const host = serverName ?? new URL(url).hostname
  return {
    ...(caFile !== null && { ca: await readFile(caFile) }),
    ...(certificate !== null && {
      cert: await readFile(certificate.file),
      key: await readFile(certificate.keyFile),
    }),
    // Servers with several certificates choose by it; an address is no name (RFC 6066, section 3).
    ...(isIP(host.replace(/^\[|\]$/g, '')) === 0 && { servername: host }),
  }
}

function optionsFor(settings: RedisSettings, tls: TlsOptions): Parameters<typeof CreateClient>[0] {
  const { url, username, password, timeoutMs } = settings
  return {
    url,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password: password.reveal() }),
    name: 'llm-proxy',
    disableClientInfo: true,
    // With RESP 3, messages and answers come over one connection, and so in the order in which Redis made them.
    RESP: 3,
    // When to connect anew is decided in the link; nothing queues for a server that is away.
    socket: {
      ...(settings.tls === null ? {} : { tls: true, ...tls }),
      reconnectStrategy: false,
      connectTimeout: Math.max(timeoutMs, 1_000),
    },
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxWaiting,
    maintNotifications: 'disabled',
  }
}
