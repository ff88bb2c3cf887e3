// What is passed on as it came: files, batches, and any path of a provider.

import type { Method, RelayedOperation } from '../call.ts'
import type { Format } from '../formats/format.ts'
import type { Endpoint } from './endpoint.ts'

export interface RelayEndpoint extends Endpoint {
  readonly operation: RelayedOperation
  readonly methods: readonly Method[]
  /** The path itself, or what it begins with where it ends in a slash. */
  readonly at: string
}

interface Row {
  readonly at: string
  readonly route: string
  readonly operation: RelayedOperation
  readonly methods: readonly Method[]
}

const rows: readonly Row[] = [
  { at: '/v1/files', route: '/v1/files', operation: 'file', methods: ['GET', 'POST'] },
  { at: '/v1/files/', route: '/v1/files/{id}', operation: 'file', methods: ['GET', 'DELETE'] },
  { at: '/v1/batches', route: '/v1/batches', operation: 'batch', methods: ['GET', 'POST'] },
  { at: '/v1/batches/', route: '/v1/batches/{id}', operation: 'batch', methods: ['GET', 'POST'] },
  {
    at: '/providers/',
    route: '/providers/{name}/{path}',
    operation: 'passthrough',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  },
]

/** @param errors the format in which failures of the gateway itself are told */
export function listRelays(errors: Format): readonly RelayEndpoint[] {
  return rows.map(row => ({ method: '*', ...row, format: errors }))
}

/** Where a relayed request goes. */
export interface RelayPlace {
  /** The configured name of the provider; null where the path does not say. */
  readonly provider: string | null
  /** Below the provider's base URL. */
  readonly path: string
}

/** @returns null where the path would leave the base URL, or names no provider where it must */
export function readRelayPath(operation: RelayedOperation, path: string): RelayPlace | null {
  if (!staysBelow(path)) return null
  if (operation !== 'passthrough') return { provider: null, path: path.slice('/v1'.length) }
  const [, provider, rest] = /^\/providers\/([^/]+)(\/(?!\/).*)?$/s.exec(path) ?? []
  return provider === undefined ? null : { provider, path: rest ?? '' }
}

/**
 * No segment of the path may lead upwards, in any spelling that some server might resolve: percent signs, also twice,
 * backslashes, parameters behind a semicolon.
 */
function staysBelow(path: string): boolean {
  let text = path
  for (let round = 0; round < 4; round++) {
    if (/\p{Cc}/u.test(text)) return false
    if (text.split(/[/\\]/).some(segment => /^\.{1,2}(;|$)/.test(segment))) return false
    const decoded = decode(text)
    if (decoded === null) return false
    if (decoded === text) return true
    text = decoded
  }
  return false
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
