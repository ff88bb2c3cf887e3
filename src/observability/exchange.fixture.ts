// An ended request for tests: a plain success, changed where a test says so.

import type { Usage } from '../call.ts'
import type { ExchangeEnded } from '../events.ts'

export const noUsage: Usage = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

export function exchangeEnded(changes: Partial<ExchangeEnded> = {}): ExchangeEnded {
  return {
    type: 'exchange_ended',
    id: 'req_01',
    startedAt: 1_700_000_000_000,
    operation: 'chat',
    route: '/v1/chat/completions',
    streaming: false,
    keyId: 'key_3f2a',
    modelAsked: 'small',
    provider: 'north',
    model: 'small-1',
    status: 200,
    outcome: 'ok',
    errorCode: null,
    errorMessage: null,
    finishReason: 'stop',
    usage: { ...noUsage, inputUncached: 100, cacheRead: 20, outputText: 30 },
    usageSource: 'provider',
    costNanoUsd: 1_500,
    costStatus: 'priced',
    durationMs: 500.25,
    upstreamMs: 500,
    firstContentMs: null,
    attempts: [{ provider: 'north', model: 'small-1', status: 200, code: null, durationMs: 499 }],
    decision: null,
    warnings: [],
    bytesIn: 1_000,
    bytesOut: 2_000,
    configVersion: 'c1',
    ...changes,
  }
}

/** A request that every provider failed. */
export function exchangeFailed(changes: Partial<ExchangeEnded> = {}): ExchangeEnded {
  return exchangeEnded({
    status: 502,
    outcome: 'error',
    errorCode: 'upstream_error',
    errorMessage: 'The provider failed.',
    finishReason: null,
    usage: null,
    usageSource: 'none',
    costNanoUsd: null,
    costStatus: 'none',
    attempts: [{ provider: 'north', model: 'small-1', status: 500, code: 'upstream_error', durationMs: 80 }],
    ...changes,
  })
}
