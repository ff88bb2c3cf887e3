// Answers requests in process, so that the gateway can be tried and tested without a key and without a network.

import type { RawReply, RawSend, UpstreamRequest } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import type { Cancellation } from '../../lib/cancellation.ts'
import type { Clock } from '../../lib/clock.ts'
import { answerChat, renderChat, renderChatStream } from './chat.ts'
import { readChatRequest } from './chat-request.ts'
import { answerCompletion, renderCompletion, renderCompletionStream } from './completion.ts'
import { renderEmbeddings } from './embedding.ts'
import { hashText } from './randomness.ts'
import { isObject, type Json, RequestProblem } from './request-problem.ts'
import { createTimedStream } from './timed-stream.ts'

export interface SimulatorOptions {
  /** Another seed gives other identifiers, closing words and vectors. */
  readonly seed: number
  /** Milliseconds before the first token, and between tokens. */
  readonly firstTokenMs: number
  readonly tokenMs: number
  readonly clock: Clock
  /** The only names that are served; any name where it is left out. */
  readonly models?: readonly string[]
}

/** Names that stand for a fault instead of a model. */
export const faultModels = [
  'simulator-slow',
  'simulator-error-500',
  'simulator-error-429',
  'simulator-cut',
] as const

const slowFirstTokenMs = 2_000
const jsonHeaders = { 'content-type': 'application/json' }
const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8' }

/** An answer before it is paced: the whole text, or the data of the events. */
type Rendered = { readonly text: string; readonly tokens: number } | { readonly events: readonly string[] }

/**
 * The same request has the same answer, byte for byte, whenever and wherever it is asked.
 * The promise is rejected only for a request that is cancelled while it waits.
 */
export function createSimulator(options: SimulatorOptions): RawSend {
  const served = options.models === undefined ? null : new Set([...options.models, ...faultModels])
  return async request => {
    const { model } = request.target
    const firstMs =
      model === 'simulator-slow' ? Math.max(slowFirstTokenMs, options.firstTokenMs) : options.firstTokenMs
    let rendered: Rendered
    try {
      if (served !== null && !served.has(model)) throw unknownModel(model)
      if (model.startsWith('simulator-error-')) throw simulatedFault(model)
      rendered = render(request, options.seed)
    } catch (thrown) {
      if (!(thrown instanceof RequestProblem)) throw thrown
      return refusal(thrown)
    }
    if ('events' in rendered) {
      const stream = createTimedStream(cutIfAsked(rendered.events, model), {
        clock: options.clock,
        firstMs,
        betweenMs: options.tokenMs,
      })
      request.cancellation.onCancel(() => stream.abort())
      return { status: 200, headers: streamHeaders, body: stream }
    }
    const waitMs = firstMs + rendered.tokens * options.tokenMs
    if (waitMs > 0) await waitFor(waitMs, options.clock, request.cancellation)
    return { status: 200, headers: jsonHeaders, body: Buffer.from(rendered.text) }
  }
}

function render(request: UpstreamRequest, seed: number): Rendered {
  const { operation, streaming, target } = request
  const text = request.body.toString()
  const body = parseBody(text)
  const answerSeed = hashText(text, seed)
  if (operation === 'chat') {
    const answer = answerChat(readChatRequest(body, target.model), answerSeed)
    if (streaming) return { events: renderChatStream(answer) }
    return { text: renderChat(answer), tokens: answer.usage.completion_tokens }
  }
  if (operation === 'completion') {
    const answer = answerCompletion(body, target.model, answerSeed)
    if (streaming) return { events: renderCompletionStream(answer) }
    return { text: renderCompletion(answer), tokens: answer.usage.completion_tokens }
  }
  if (operation === 'embedding') return { text: renderEmbeddings(body, target.model, seed), tokens: 0 }
  throw new RequestProblem(`The simulator does not offer ${operation}.`)
}

function parseBody(text: string): Json {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = null
  }
  if (!isObject(body)) throw new RequestProblem('We could not parse the JSON body of your request.')
  return body
}

/** A stream that breaks off in the middle, without its last chunk and without `[DONE]`. */
function cutIfAsked(events: readonly string[], model: string): readonly string[] {
  return model === 'simulator-cut' ? events.slice(0, Math.ceil(events.length / 2)) : events
}

function unknownModel(model: string): RequestProblem {
  return new RequestProblem(`The model \`${model}\` does not exist or you do not have access to it.`, {
    status: 404,
    code: 'model_not_found',
  })
}

function simulatedFault(model: string): RequestProblem {
  if (model === 'simulator-error-429')
    return new RequestProblem('Rate limit reached for simulator-error-429, which always says so.', {
      status: 429,
      type: 'requests',
      code: 'rate_limit_exceeded',
    })
  return new RequestProblem('The server had an error, as simulator-error-500 always has.', {
    status: 500,
    type: 'server_error',
  })
}

function refusal(problem: RequestProblem): RawReply {
  return {
    status: problem.status,
    headers: problem.status === 429 ? { ...jsonHeaders, 'retry-after': '1' } : jsonHeaders,
    body: Buffer.from(JSON.stringify(problem.body)),
  }
}

function waitFor(delayMs: number, clock: Clock, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(delayMs, () => {
      forget()
      resolve()
    })
    const forget = cancellation.onCancel(() => {
      stop()
      reject(new GatewayError('client_disconnected'))
    })
  })
}
