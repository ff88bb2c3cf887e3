import { expect, test } from 'vitest'
import type { GatewayEvent } from '../events.ts'
import { openAiChat } from '../formats/openai-chat/index.ts'
import { createAlarms } from '../lib/alarms.ts'
import { createManualClock } from '../lib/clock.ts'
import { type ClientCall, type Gateway, openExchange } from './exchange.ts'
import { settle } from './settle.ts'
import type { Snapshot } from './snapshot.ts'

function notNeeded(): never {
  throw new Error('not needed here')
}

const snapshot: Snapshot = {
  version: 'v1',
  totalMs: 1000,
  pingAfterMs: 1000,
  maxBodyBytes: 1000,
  maxUploadBytes: 1000,
  keyHeader: 'x-api-key',
  relays: [],
  bodyTimeoutMs: 1000,
  authenticate: notNeeded,
  takeRate: notNeeded,
  resolve: notNeeded,
  chooseRoute: notNeeded,
  rank: notNeeded,
  explainRules: notNeeded,
  countRoute: notNeeded,
  lookUpConversation: null,
  keepConversation: notNeeded,
  mayUse: notNeeded,
  listModels: notNeeded,
  findModel: notNeeded,
  providerOf: notNeeded,
  maxOutputTokens: notNeeded,
  costOf: notNeeded,
}

/** An exchange whose row is written at once. */
function setUp(keyId: string | null) {
  const observed: GatewayEvent[] = []
  const drops: string[] = []
  const clock = createManualClock()
  const gateway: Gateway = {
    snapshot: () => snapshot,
    send: notNeeded,
    health: { resting: notNeeded, usualMs: notNeeded },
    hedges: { count: notNeeded, take: notNeeded },
    relay: notNeeded,
    ledger: { append: (_row, written) => written(null), accepting: true },
    observe: event => void observed.push(event),
    clock,
    alarms: createAlarms(clock),
    streams: { open: 0 },
    createId: () => 'request-1',
    responses: { keep: notNeeded, find: notNeeded, findByItem: notNeeded, remove: notNeeded },
    origins: { remember: notNeeded, originOf: notNeeded },
    fetchMedia: notNeeded,
    schemaChecker: notNeeded,
    thoughts: { recall: notNeeded, remember: notNeeded, listen: notNeeded },
    models: { ready: notNeeded, facts: notNeeded },
    lessons: { of: notNeeded, learn: notNeeded },
    estimateUsage: notNeeded,
  }
  const call: ClientCall = {
    endpoint: {
      method: 'POST',
      route: '/v1/chat/completions',
      operation: 'chat',
      format: openAiChat,
    },
    address: { model: null, streaming: null },
    method: 'POST',
    target: '/v1/chat/completions',
    headers: {},
    remoteAddress: '127.0.0.1',
    readBody: notNeeded,
    reply: {
      opened: false,
      bytesSent: 0,
      sendFull: notNeeded,
      openStream: notNeeded,
      write: notNeeded,
      onDrain: notNeeded,
      endStream: notNeeded,
      drop: () => void drops.push('dropped'),
      onGone() {},
    },
  }
  const exchange = openExchange(call, gateway)
  exchange.page.keyId = keyId
  return { exchange, observed, drops }
}

const ending = {
  status: 200,
  error: null,
  facts: null,
  bytesOut: 0,
  account: { usage: null, usageSource: 'none', costNanoUsd: 0, costStatus: 'none' },
} as const

test.each([
  ['with', 'key_1'],
  ['without', null],
])(
  'a delivery that throws, of a request %s a key, cuts its own connection, is told, and harms nobody else',
  (_with, keyId) => {
    const { exchange, observed, drops } = setUp(keyId)
    settle(exchange, ending, () => {
      throw new Error('a header that cannot be sent')
    })
    expect(drops).toEqual(['dropped'])
    expect(observed.map(({ type }) => type)).toEqual(['exchange_started', 'exchange_ended', 'notice'])
    expect(observed.at(-1)).toMatchObject({
      level: 'error',
      detail: { id: 'request-1', reason: expect.stringContaining('a header that cannot be sent') },
    })
  },
)

test('a delivery that works is made once, after its row, and nothing is cut', () => {
  const { exchange, observed, drops } = setUp('key_1')
  settle(exchange, ending, () => void drops.push(`sent after ${observed.at(-1)?.type}`))
  expect(drops).toEqual(['sent after exchange_ended'])
})
