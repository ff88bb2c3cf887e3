// Requests to an upstream and answers of one, for tests of what stands between the two.

import type {
  AnswerFacts,
  Connection,
  FullReply,
  StreamedReply,
  Target,
  UpstreamRequest,
} from '../../src/call.ts'
import type { GatewayError } from '../../src/errors.ts'
import { createCancellation } from '../../src/lib/cancellation.ts'

const noFacts: AnswerFacts = {
  usage: null,
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

export function targetOf(connection: Partial<Connection> = {}, model = 'model'): Target {
  const whole: Connection = {
    provider: 'provider',
    type: 'test',
    origin: 'http://127.0.0.1',
    keys: [],
    timers: { connectMs: 1000, headersMs: 1000, firstContentMs: 1000, idleMs: 1000 },
    maxConnections: 1,
    maxRetries: 2,
    pathFor: () => '/',
    headersFor: () => [],
    ...connection,
  }
  return { id: `${whole.provider}/${model}`, connection: whole, model, priceModel: model }
}

export function requestOf(fields: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    id: 'request',
    target: targetOf(),
    operation: 'chat',
    format: 'openai-chat',
    streaming: false,
    body: Buffer.from('{}'),
    clientHeaders: [],
    key: null,
    reader: {
      readFull: () => ({ facts: noFacts }),
      openTap: () => {
        throw new Error('not needed here')
      },
      refine: failure => failure,
      readError: () => {
        throw new Error('not needed here')
      },
    },
    cancellation: createCancellation(),
    deadline: 600_000,
    alternatives: false,
    attempts: [],
    ...fields,
  }
}

export function fullReply(): FullReply {
  return { kind: 'full', status: 200, headers: {}, body: Buffer.from('{}'), facts: noFacts }
}

/** A streamed answer whose end the test tells. */
export function streamedReply(): { reply: StreamedReply; close(failure: GatewayError | null): void } {
  const listeners: Array<(failure: GatewayError | null) => void> = []
  return {
    reply: {
      kind: 'stream',
      status: 200,
      headers: {},
      stream: { read() {}, pause() {}, resume() {}, abort() {} },
      facts: noFacts,
      onClose: listener => listeners.push(listener),
    },
    close(failure) {
      for (const listener of listeners) listener(failure)
    },
  }
}
