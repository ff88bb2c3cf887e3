// One request on the wire: collects the answer, or hands its bytes on as they come, and minds the silence.

import type { Dispatcher } from 'undici'
import type { RawReply, ReplyHeaders, ReplyStream, StreamSink, Target, UpstreamRequest } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Alarm, Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import { describeTransportError } from './transport-error.ts'

/** Bytes that may wait for a reader before the upstream is told to pause. */
const maxQueuedBytes = 256 * 1024
/** No provider answers with more; without a bound one that goes mad would take the process down. */
const maxCollectedBytes = 128 * 1024 * 1024

/** A pooled socket that the other side had closed tells so within a round trip. */
const keepAliveRaceMs = 250

/** What an exchange has to know of the request that it carries. */
export interface CarriedRequest
  extends Pick<
    UpstreamRequest,
    'streaming' | 'anyAnswer' | 'cancellation' | 'deadline' | 'patienceMs' | 'underway'
  > {
  readonly target: Pick<Target, 'id' | 'connection'>
  /** Every answer is handed on as it comes, and the body may take its time before. */
  readonly relayed?: true
}

export interface ExchangeOptions {
  readonly request: CarriedRequest
  readonly clock: Clock
  readonly alarms: Alarms
  readonly resolve: (reply: RawReply) => void
  readonly reject: (error: GatewayError) => void
  /** A pooled socket died before the first byte of an answer: asks for one more try on another socket. */
  readonly again: () => boolean
}

type StopCode =
  | 'client_disconnected'
  | 'deadline_exceeded'
  | 'upstream_busy'
  | 'upstream_malformed'
  | 'upstream_timeout'

type Phase = 'waiting' | 'collecting' | 'streaming' | 'over'

/** A class because it is the handler object of undici and one is made for each call. */
export class UpstreamExchange implements Dispatcher.DispatchHandler, ReplyStream {
  readonly #options: ExchangeOptions
  readonly #alarm: Alarm
  #forgetCancellation: () => void = () => {}
  #idleMs: number
  #controller: Dispatcher.DispatchController | null = null
  #phase: Phase = 'waiting'
  #sentAt: number | null = null
  #status = 0
  #headers: ReplyHeaders = {}
  #chunks: Buffer[] = []
  #size = 0
  #sink: StreamSink | null = null
  #ended = false
  #failure: GatewayError | null = null
  #paused = false

  constructor(options: ExchangeOptions) {
    const { request, clock, alarms } = options
    this.#options = options
    this.#idleMs = Math.min(request.target.connection.timers.idleMs, request.patienceMs ?? Infinity)
    this.#alarm = alarms.open(() => this.#onSilence())
    // Until it has a connection, the request waits for one of ours, not for the upstream.
    const { firstContentMs } = request.target.connection.timers
    const limitMs = Math.min(firstContentMs, request.patienceMs ?? Infinity)
    this.#alarm.set(Math.min(clock.now() + limitMs, request.deadline))
    this.#forgetCancellation = request.cancellation.onCancel(() => this.#stop('client_disconnected'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#phase === 'over') {
      controller.abort(new Error('over before it began'))
      return
    }
    const { clock, request } = this.#options
    this.#sentAt = clock.now()
    const limitMs = request.relayed === true ? Infinity : silenceBeforeHeaders(request).limitMs
    this.#alarm.set(Math.min(this.#sentAt + limitMs, request.deadline))
  }

  /** The whole body has left: what is slow from now on is the upstream. */
  onRequestSent(): void {
    const { request } = this.#options
    if (request.relayed !== true || this.#status !== 0 || this.#phase === 'over') return
    this.#expectMore(silenceBeforeHeaders(request).limitMs)
  }

  onResponseStart(
    ...[, status, headers]: [Dispatcher.DispatchController, number, ReplyHeaders, string?]
  ): void {
    if (status < 200 || this.#phase === 'over') return
    this.#status = status
    this.#headers = headers
    // Media is being made while the headers are already there.
    const { request } = this.#options
    const streams = isStream(request, status, headers)
    // Nobody else can take over from a stream that has begun to tell; until then its first content is waited for above.
    if (streams) this.#idleMs = request.target.connection.timers.idleMs
    this.#expectMore(request.anyAnswer === true ? silenceBeforeHeaders(request).limitMs : this.#idleMs)
    if (streams) {
      this.#phase = 'streaming'
      this.#options.resolve({ status, headers, body: this, ...this.#sent() })
    } else {
      this.#phase = 'collecting'
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase === 'over') return
    this.#expectMore()
    if (this.#sink !== null) {
      this.#sink.data(chunk)
      return
    }
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#phase === 'streaming' && this.#size > maxQueuedBytes) this.pause()
    if (this.#size > maxCollectedBytes) this.#stop('upstream_malformed')
  }

  onResponseEnd(): void {
    if (this.#phase === 'over') return
    if (this.#phase === 'streaming') {
      this.#close()
      this.#ended = true
      this.#sink?.end()
      return
    }
    this.#close()
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    this.#options.resolve({ status: this.#status, headers: this.#headers, body, ...this.#sent() })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#phase === 'over') return
    const answerBegan = this.#status !== 0
    const failure = describeTransportError(error, { request: this.#options.request, answerBegan })
    // Later than this the upstream had begun to work on it: whether it is asked again is for the layers above.
    const atOnce = this.#sentAt === null || this.#options.clock.now() - this.#sentAt < keepAliveRaceMs
    if (!answerBegan && failure.stale && atOnce && this.#options.again()) this.#close()
    else this.#fail(failure.error)
  }

  // ReplyStream

  read(sink: StreamSink): void {
    this.#sink = sink
    const waiting = this.#chunks
    this.#chunks = []
    this.#size = 0
    for (const chunk of waiting) sink.data(chunk)
    if (this.#failure !== null) sink.fail(this.#failure)
    else if (this.#ended) sink.end()
    else if (this.#paused) this.resume()
  }

  pause(): void {
    if (this.#phase === 'over' || this.#paused) return
    this.#paused = true
    this.#controller?.pause()
    // The silence is ours now; only the total deadline still counts.
    this.#alarm.set(this.#options.request.deadline)
  }

  resume(): void {
    if (this.#phase === 'over' || !this.#paused) return
    this.#paused = false
    this.#expectMore()
    this.#controller?.resume()
  }

  abort(): void {
    if (this.#phase === 'over') return
    this.#sink = null
    this.#close()
    this.#controller?.abort(new Error('the reader left'))
  }

  /** Ends the call from outside, with this failure. */
  giveUp(failure: GatewayError): void {
    if (this.#phase === 'over') return
    const controller = this.#controller
    this.#fail(failure)
    controller?.abort(new Error(failure.code))
  }

  #expectMore(withinMs = this.#idleMs): void {
    const { clock, request } = this.#options
    this.#alarm.set(Math.min(clock.now() + withinMs, request.deadline))
  }

  #onSilence(): void {
    const { clock, request } = this.#options
    if (clock.now() >= request.deadline) this.#stop('deadline_exceeded')
    else this.#stop(this.#sentAt === null ? 'upstream_busy' : 'upstream_timeout')
  }

  #sent(): { sentAt: number } | undefined {
    return this.#sentAt === null ? undefined : { sentAt: this.#sentAt }
  }

  #stop(code: StopCode): void {
    if (this.#phase === 'over') return
    const { provider } = this.#options.request.target.connection
    const message = this.#explain(code)
    this.giveUp(new GatewayError(code, { ...(message !== null && { message }), provider }))
  }

  #explain(code: StopCode): string | null {
    const { request } = this.#options
    const { id, connection } = request.target
    switch (code) {
      case 'upstream_busy':
        return `All ${connection.maxConnections} connections to ${connection.provider} are in use (max_connections).`
      case 'upstream_malformed':
        return `${id} answered with more than ${maxCollectedBytes} bytes.`
      case 'upstream_timeout': {
        const { limitMs, timer } = silenceBeforeHeaders(request)
        return this.#status === 0
          ? `${id} sent no headers within ${limitMs} ms (timer: ${timer}).`
          : `${id} sent nothing for ${this.#idleMs} ms in the middle of its answer (timer: idle).`
      }
      case 'client_disconnected':
      case 'deadline_exceeded':
        return null
    }
  }

  #fail(error: GatewayError): void {
    const streaming = this.#phase === 'streaming'
    this.#close()
    this.#failure = error
    if (!streaming) this.#options.reject(error)
    else this.#sink?.fail(error)
  }

  #close(): void {
    this.#phase = 'over'
    this.#alarm.close()
    this.#forgetCancellation()
  }
}

/** A stream without headers has no content either: of the two timers the shorter one counts. */
function silenceBeforeHeaders({ streaming, anyAnswer, target, patienceMs = Infinity }: CarriedRequest): {
  limitMs: number
  timer: string
} {
  const { headersMs, firstContentMs } = target.connection.timers
  return streaming && anyAnswer !== true && firstContentMs < headersMs
    ? { limitMs: Math.min(firstContentMs, patienceMs), timer: 'first_token' }
    : { limitMs: Math.min(headersMs, patienceMs), timer: 'headers' }
}

const streamTypes = [
  'text/event-stream',
  'application/x-ndjson',
  'application/vnd.amazon.eventstream',
] as const

function isStream(request: CarriedRequest, status: number, headers: ReplyHeaders): boolean {
  const { streaming, anyAnswer, relayed } = request
  if (relayed === true) return true
  if (status >= 300) return false
  if (!streaming && anyAnswer !== true) return false
  const type = headers['content-type']
  if (typeof type !== 'string') return false
  if (streamTypes.some(streamType => type.startsWith(streamType))) return true
  return anyAnswer === true && !wholeTypes.test(type)
}

/** What is read whole where anything may come: media alone is passed on as it comes. */
const wholeTypes = /^text\/|\bjson\b/i
