// Requests for the simulator's tests, and readers of its answers.

import type { Operation, ReplyStream, UpstreamRequest } from '../../call.ts'
import { type Cancellation, createCancellation } from '../../lib/cancellation.ts'
import { createManualClock } from '../../lib/clock.ts'
import { createSimulator, type SimulatorOptions } from './simulator.ts'

export interface Asked {
  readonly operation?: Operation
  readonly model?: string
  readonly cancellation?: Cancellation
}

/** What the transport would hand over; the simulator reads no more of it. */
export function makeRequest(body: Readonly<Record<string, unknown>>, asked: Asked = {}): UpstreamRequest {
  const request: Partial<UpstreamRequest> = {
    id: 'request',
    operation: asked.operation ?? 'chat',
    streaming: body['stream'] === true,
    body: Buffer.from(JSON.stringify(body)),
    cancellation: asked.cancellation ?? createCancellation(),
  }
  return { ...request, target: { model: asked.model ?? body['model'] ?? 'simulator' } } as UpstreamRequest
}

export function makeSimulator(options: Partial<SimulatorOptions> = {}) {
  return createSimulator({ seed: 1, firstTokenMs: 0, tokenMs: 0, clock: createManualClock(), ...options })
}

/** What the tests look at in an answer or a chunk, of whichever operation; what is not there is undefined. */
export interface Answer {
  readonly model: string
  readonly choices: readonly [AnswerChoice, ...AnswerChoice[]]
  readonly data: readonly [AnswerVector, ...AnswerVector[]]
  readonly usage: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly total_tokens: number
  }
  readonly error: {
    readonly type: string
    readonly param: string
    readonly code: string
    readonly message: string
  }
}

export interface AnswerChoice {
  readonly index: number
  readonly text: string
  readonly message: { readonly content: string; readonly tool_calls?: readonly [AnswerCall, ...AnswerCall[]] }
  readonly delta: {
    readonly role?: string
    readonly content?: string
    readonly tool_calls?: readonly AnswerCall[]
  }
  readonly finish_reason: string | null
}

export interface AnswerCall {
  readonly index: number
  readonly id?: string
  readonly function: { readonly name: string; readonly arguments: string }
}

interface AnswerVector {
  readonly index: number
  readonly embedding: number[]
}

/** Asks and gives the status and the parsed body. */
export async function ask(body: Readonly<Record<string, unknown>>, asked: Asked = {}) {
  const reply = await makeSimulator()(makeRequest(body, asked))
  if (!Buffer.isBuffer(reply.body)) throw new Error('expected a whole answer')
  return { status: reply.status, headers: reply.headers, body: JSON.parse(reply.body.toString()) as Answer }
}

export interface Heard {
  readonly text: () => string
  /** Data of the events. */
  readonly events: () => string[]
  readonly ended: () => boolean
  readonly chunks: Buffer[]
}

/** Attaches a reader that keeps everything; `onData` is called after each chunk. */
export function listen(stream: ReplyStream, onData: () => void = () => {}): Heard {
  const chunks: Buffer[] = []
  let ended = false
  stream.read({
    data(chunk) {
      chunks.push(chunk)
      onData()
    },
    end() {
      ended = true
    },
    fail(error) {
      throw error
    },
  })
  const text = () => Buffer.concat(chunks).toString()
  return {
    text,
    events: () =>
      text()
        .split('\n\n')
        .filter(event => event !== '')
        .map(event => event.replace(/^data: /, '')),
    ended: () => ended,
    chunks,
  }
}

/** Asks for a stream and gives the parsed chunks, without `[DONE]`. */
export async function askForStream(
  body: Readonly<Record<string, unknown>>,
  asked: Asked = {},
): Promise<Answer[]> {
  const reply = await makeSimulator()(makeRequest({ ...body, stream: true }, asked))
  if (Buffer.isBuffer(reply.body)) throw new Error('expected a stream')
  const heard = listen(reply.body)
  const events = heard.events()
  if (!heard.ended() || events.at(-1) !== '[DONE]') throw new Error('the stream has no end')
  return events.slice(0, -1).map(event => JSON.parse(event) as Answer)
}
