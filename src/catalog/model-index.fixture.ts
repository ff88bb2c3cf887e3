// Providers and an index over them, for tests of names.

import type { Connection, Operation } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { createModelIndex, type IndexedProvider, type ModelIndexOptions } from './model-index.ts'

function connectionOf(provider: string): Connection {
  return {
    provider,
    type: provider,
    origin: 'http://127.0.0.1:1',
    keys: [],
    timers: { connectMs: 1, headersMs: 1, firstContentMs: 1, idleMs: 1 },
    maxConnections: 1,
    maxRetries: 0,
    pathFor: () => '/',
    headersFor: () => [],
  }
}

export function provider(
  name: string,
  models: string[],
  more: Partial<IndexedProvider> = {},
): IndexedProvider {
  return {
    connection: connectionOf(name),
    priority: 1,
    models,
    acceptsAnyModel: false,
    operations: ['chat', 'completion', 'embedding'],
    deployments: {},
    baseModels: {},
    usable: true,
    unusableReason: null,
    ...more,
  }
}

export function indexOf(providers: IndexedProvider[], tables: Partial<ModelIndexOptions> = {}) {
  return createModelIndex({ providers, aliases: {}, groups: {}, fallbacks: {}, ...tables })
}

type Index = ReturnType<typeof indexOf>

export function idsOf(index: Index, name: string, operation: Operation = 'chat'): string[] {
  return index.resolve(name, operation).map(target => target.id)
}

export function failureOf(index: Index, name: string, operation: Operation = 'chat'): GatewayError {
  try {
    index.resolve(name, operation)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error(`${name} was resolved`)
}
