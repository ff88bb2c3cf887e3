// Which kind of server answers: what is shared needs one that holds everything.

import type { RedisClient } from './client.ts'

export const clusterMessage =
  'it is a Redis Cluster, and Redis Cluster is not supported: name one server, or an address that follows the primary'
const sentinelMessage =
  'it is a Redis Sentinel, which holds nothing itself: name the server it watches, or an address that follows the primary'

/** @throws Error that says what to name instead */
export async function refuseUnusableServer(client: RedisClient): Promise<void> {
  // Unlike INFO, every user may ask this: https://redis.io/docs/latest/commands/hello/
  const mode = fieldOf(await client.command(['HELLO']), 'mode')
  if (mode === 'cluster') throw new Error(clusterMessage)
  if (mode === 'sentinel') throw new Error(sentinelMessage)
}

/** A map of the protocol, in whichever shape the client library gives it. */
function fieldOf(answer: unknown, name: string): unknown {
  if (answer instanceof Map) return answer.get(name)
  if (Array.isArray(answer)) return answer[answer.indexOf(name) + 1]
  return answer !== null && typeof answer === 'object' ? (answer as Record<string, unknown>)[name] : null
}
