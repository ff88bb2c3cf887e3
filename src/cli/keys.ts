// `llm-proxy keys`: makes, lists and revokes the gateway's own API keys while it is not running.

import { randomBytes } from 'node:crypto'
import { awsSecretOf, createApiKey } from '../access/keys.ts'
import { systemClock } from '../lib/clock.ts'
import { openStore, type Store, StoreError } from '../store/index.ts'
import { readSigningSecret } from '../store/signing-secret.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { KeysAction, KeysOptions } from './program.ts'
import type { Terminal } from './serve.ts'

const defaultDirectory = 'data'

export async function manageKeys(
  action: KeysAction,
  options: KeysOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const directory = options.data ?? defaultDirectory
  let store: Store | null = null
  try {
    store = await openStore({ directory, clock: systemClock, observe: () => {} })
    return await actions[action](store, options, terminal)
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown
    terminal.complain(thrown.message)
    return exitCodes.dataDirectoryUnusable
  } finally {
    await store?.close()
  }
}

type Action = (store: Store, options: KeysOptions, terminal: Terminal) => Promise<ExitCode> | ExitCode

const actions: Readonly<Record<KeysAction, Action>> = {
  async create(store, { name = 'created by hand', data }, terminal) {
    const { key, stored } = createApiKey(randomBytes, {
      name,
      createdAt: systemClock.wall(),
      expiresAt: null,
    })
    const awsSecret = awsSecretOf(stored.hash, readSigningSecret(data ?? defaultDirectory, randomBytes))
    await store.keys.insertKey(stored)
    terminal.print(`${stored.id}\n${key.reveal()}\nThe key is shown only now; its hash is what is stored.`)
    terminal.print(
      `\nFor clients that sign requests to AWS:\nAWS_ACCESS_KEY_ID=${stored.id}\nAWS_SECRET_ACCESS_KEY=${awsSecret.reveal()}`,
    )
    return exitCodes.ok
  },
  list(store, _options, terminal) {
    for (const { id, name, createdAt, revokedAt } of store.keys.listKeys()) {
      const state = revokedAt === null ? 'valid' : `revoked ${new Date(revokedAt).toISOString()}`
      terminal.print(`${id}  ${new Date(createdAt).toISOString()}  ${state}  ${name}`)
    }
    return exitCodes.ok
  },
  async revoke(store, { id = '' }, terminal) {
    if (!(await store.keys.revokeKey(id, systemClock.wall()))) {
      terminal.complain(`there is no valid key ${id}`)
      return exitCodes.usage
    }
    terminal.print(`${id} is revoked`)
    return exitCodes.ok
  },
}
