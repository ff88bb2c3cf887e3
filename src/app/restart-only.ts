// What a running gateway cannot take from a changed file: it was built into objects that live as long as the process.

import type { Configuration } from '../config/configuration.ts'

/** Keys of the file whose new value waits for a restart, as an operator writes them. */
export function namesWaitingForRestart(running: Configuration, loaded: Configuration): readonly string[] {
  const before = fixedParts(running)
  const after = fixedParts(loaded)
  return Object.keys(before).filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

function fixedParts({
  app,
  server,
  retry,
  circuitBreaker,
  logging,
  metrics,
  plugins,
  routing,
  redis,
}: Configuration): Readonly<Record<string, unknown>> {
  return {
    'app.name': app.name,
    'server.host': server.host,
    'server.port': server.port,
    'server.headers_timeout': server.headersTimeoutMs,
    'server.keep_alive': server.keepAliveMs,
    'server.shutdown_timeout': server.shutdownMs,
    'routing.affinity.max_conversations': routing.affinity.maxConversations,
    'routing.affinity.keep': routing.affinity.keepMs,
    retry,
    circuit_breaker: circuitBreaker,
    logging,
    metrics,
    plugins,
    redis,
  }
}
