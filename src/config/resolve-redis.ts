// The address of Redis and who asks there, out of the section, the environment, and the address itself.

import { Secret } from '../lib/secret.ts'
import type { Configuration, Problem, RedisTlsConfiguration } from './configuration.ts'
import type { ConfigurationDocument } from './document.ts'
import type { Environment } from './environment.ts'
import type { ConfigurationFile } from './schema.ts'
import { readRedisAddress, redisAddressMessage } from './sections/redis.ts'

export interface RedisInput {
  readonly file: ConfigurationFile
  readonly document: ConfigurationDocument
  readonly environment: Environment
}

const defaults = {
  prefix: 'llm-proxy',
  timeout: 50,
  username: undefined,
  password: undefined,
  tls: undefined,
}

export function resolveRedis({ file, document, environment }: RedisInput): {
  readonly redis: Configuration['redis']
  readonly problems: readonly Problem[]
} {
  const variable = environment.text('REDIS_URL')
  const written = variable ?? file.redis?.url
  if (written === undefined) {
    const missing = document.problemAt(['redis', 'url'], 'is missing')
    return { redis: null, problems: file.redis === undefined ? [] : [missing] }
  }
  const address = readRedisAddress(written)
  if (address === null) {
    environment.report('REDIS_URL', redisAddressMessage)
    return { redis: null, problems: [] }
  }
  const { prefix, timeout, username, password, tls } = file.redis ?? defaults
  const encrypted = address.url.startsWith('rediss:')
  const pointless = document.problemAt(['redis', 'tls'], 'needs an address that begins with rediss://')
  // Those of the section are for the address of the section.
  const ownUser = variable === undefined || (address.username === null && address.password === null)
  const inAddress = address.password === null ? null : new Secret(address.password)
  return {
    redis: {
      url: address.url,
      tls: encrypted ? toTls(tls) : null,
      username: (ownUser ? username : undefined) ?? address.username,
      password: (ownUser ? password : undefined) ?? inAddress,
      prefix,
      timeoutMs: timeout,
    },
    problems: tls !== undefined && !encrypted ? [pointless] : [],
  }
}

function toTls(tls: NonNullable<ConfigurationFile['redis']>['tls'] = {}): RedisTlsConfiguration {
  const { ca_file: caFile = null, server_name: serverName = null, cert_file: file, key_file: keyFile } = tls
  const certificate = file === undefined || keyFile === undefined ? null : { file, keyFile }
  return { caFile, serverName, certificate }
}
