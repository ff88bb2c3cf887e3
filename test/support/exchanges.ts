// Facts of requests for tests, without a gateway that makes them.

import type { ExchangeEnded } from '../../src/events.ts'

/** The end of an ordinary request, with what a test wants to be different. */
export function makeExchange(id: string, changes: Partial<ExchangeEnded> = {}): ExchangeEnded {
  return {
    type: 'exchange_ended',
    id,
    startedAt: 1_700_000_000_000,
    operation: 'chat',
    route: '/v1/chat/completions',
    streaming: true,
    keyId: 'key_3f2a',
    modelAsked: 'fast',
    provider: 'openai',
    model: 'gpt-4o-mini',
    status: 200,
    outcome: 'ok',
    errorCode: null,
    errorMessage: null,
    finishReason: 'stop',
    usage: {
      inputUncached: 11,
      cacheRead: 12,
      cacheWrite5m: 13,
      cacheWrite1h: 14,
      outputText: 15,
      outputReasoning: 16,
      audioInput: 17,
      audioOutput: 18,
    },
    usageSource: 'provider',
    costNanoUsd: 52_650,
    costStatus: 'priced',
    durationMs: 812.337,
    upstreamMs: 811.912,
    firstContentMs: 201.5,
    decision: null,
    attempts: [
      { provider: 'groq', model: 'llama', status: 503, code: 'upstream_overloaded', durationMs: 12.25 },
      { provider: 'openai', model: 'gpt-4o-mini', status: 200, code: null, durationMs: 799.5 },
    ],
    warnings: [],
    bytesIn: 1337,
    bytesOut: 901,
    configVersion: 'a1b2c3d4',
    ...changes,
  }
}
