// Turns what came from the wire into an answer of the format. A stream has won at its first content: until then it
// may fail and be tried elsewhere without the client noticing. Every call of an upstream is recorded here.

import type {
  RawReply,
  RawSend,
  Reply,
  ReplyHeaders,
  ReplyStream,
  Send,
  StreamedReply,
  UpstreamRequest,
} from '../call.ts'
import { type AttemptRecord, asGatewayError, GatewayError } from '../errors.ts'
import type { Observer } from '../events.ts'
import type { Alarm, Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { TappedStream } from './tapped-stream.ts'
import { guardThroughput } from './throughput-guard.ts'

export interface FirstContentDeps {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly observe: Observer
}

export function createFirstContent(raw: RawSend, deps: FirstContentDeps): Send {
  return async function sendUntilFirstContent(request) {
    const startedAt = deps.clock.now()
    const record = (status: number | null, failure: GatewayError | null): void => {
      const { connection, model } = request.target
      const durationMs = deps.clock.now() - startedAt
      const attempt: AttemptRecord = {
        provider: connection.provider,
        model,
        status: status ?? failure?.upstreamStatus ?? null,
        code: codeOf(failure, request),
        durationMs,
      }
      request.attempts.push(attempt)
      deps.observe({ type: 'attempt_ended', id: request.id, attempt })
    }
    let status: number | null = null
    try {
      const answer = await raw(request)
      status = answer.status
      const reply = await readReply(answer, request, { ...deps, startedAt })
      record(status, null)
      return reply
    } catch (thrown) {
      const failure = nameFailure(asGatewayError(thrown), request)
      record(status, failure)
      throw failure
    }
  }
}

/** Who is left for a quicker target has failed at nothing, and neither has a client gone. */
function codeOf(failure: GatewayError | null, { cancellation }: UpstreamRequest): AttemptRecord['code'] {
  if (failure === null) return null
  return cancellation.reason === 'superseded' ? 'superseded' : failure.code
}

interface ReadContext extends FirstContentDeps {
  readonly startedAt: number
}

function readReply(answer: RawReply, request: UpstreamRequest, context: ReadContext): Reply | Promise<Reply> {
  const { status, headers, body } = answer
  if (!Buffer.isBuffer(body)) return awaitFirstContent({ ...answer, body }, request, context)
  if (status >= 400) throw request.reader.readError({ status, headers, body })
  if (status >= 300) throw malformed(request, `answered with a redirect (status ${status})`)
  if (request.streaming && request.anyAnswer !== true) {
    // An error inside a success is more telling than the wrong content type.
    request.reader.readFull(body)
    throw malformed(request, `answered a stream with content-type ${String(headers['content-type'])}`)
  }
  const read = request.reader.readFull(body, typeOf(headers))
  return { kind: 'full', status, headers, body, warnings: answer.warnings, ...read }
}

function typeOf(headers: ReplyHeaders): string | undefined {
  const type = headers['content-type']
  return typeof type === 'string' ? type : undefined
}

function malformed(request: UpstreamRequest, words: string): GatewayError {
  const { provider } = request.target.connection
  return new GatewayError('upstream_malformed', { message: `${provider} ${words}.`, provider })
}

/** The failure with its provider, and without what the upstream said of our key: that is nobody's business but ours. */
function nameFailure(thrown: GatewayError, request: UpstreamRequest): GatewayError {
  const failure =
    thrown.upstreamCode === null && thrown.upstreamStatus === null ? thrown : request.reader.refine(thrown)
  const { provider } = request.target.connection
  const refusedKey = failure.code === 'upstream_authentication'
  const status = failure.upstreamStatus === null ? '' : ` (${failure.upstreamStatus})`
  const message = refusedKey
    ? `${provider} does not accept this gateway's key${status}.`
    : withoutKey(failure.message, request.key)
  const param = failure.param === null || refusedKey ? null : withoutKey(failure.param, request.key)
  if (failure.provider !== null && message === failure.message && param === failure.param) return failure
  return failure.retold({ message, provider, param })
}

/** Shorter keys are placeholders for servers that need none, and stand in any text. */
const shortestKey = 8

function withoutKey(text: string, key: Secret | null): string {
  const value = key?.reveal() ?? ''
  return value.length < shortestKey ? text : text.replaceAll(value, '[hidden]')
}

/** How long an upstream has to end its answer once its stream is over. */
const lingerMs = 1000

type StreamAnswer = Omit<RawReply, 'body'> & { readonly body: ReplyStream }

function awaitFirstContent(
  answer: StreamAnswer,
  request: UpstreamRequest,
  { alarms, clock, startedAt }: ReadContext,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { id, connection } = request.target
    const { timer, limitMs } = contentTimer(request)
    const { throughput } = connection.timers
    let guard: Alarm | null = null
    let won = false
    let closed: { readonly failure: GatewayError | null } | null = null
    let onClose: ((failure: GatewayError | null) => void) | null = null
    const late = new GatewayError('upstream_timeout', {
      message: `${id} sent no content within ${limitMs} ms (timer: ${timer}).`,
      provider: connection.provider,
    })
    const alarm = alarms.open(() => stream.giveUp(late))
    const tap = request.reader.openTap(typeOf(answer.headers))
    const stream = new TappedStream({
      source: answer.body,
      tap,
      nameFailure: failure => nameFailure(failure, request),
      onBegun: () => alarm.close(),
      onWon() {
        won = true
        alarm.close()
        if (throughput !== undefined && closed === null)
          guard = guardThroughput({ clock, alarms, limit: throughput, target: id, stream })
        const reply: StreamedReply = {
          kind: 'stream',
          status: answer.status,
          headers: answer.headers,
          stream,
          facts: stream.facts,
          warnings: answer.warnings,
          unframed: tap.unframed,
          ...(tap.fail !== undefined && { fail: error => tap.fail?.(error) ?? Buffer.alloc(0) }),
          onClose(listener) {
            if (closed !== null) listener(closed.failure)
            else onClose = onClose === null ? listener : both(onClose, listener)
          },
        }
        resolve(reply)
      },
      onClosed(failure) {
        closed = { failure }
        alarm.close()
        guard?.close()
        // Most upstreams end right behind their end marker; one that does not must not keep its connection.
        clock.after(lingerMs, () => answer.body.abort())
        if (won) onClose?.(failure)
        else reject(failure ?? new GatewayError('client_disconnected'))
      },
    })
    alarm.set((answer.sentAt ?? startedAt) + limitMs)
    request.cancellation.onCancel(() => stream.abort())
    answer.body.read(stream)
  })
}

/** Media is waited for like a whole answer: it is no model that should have begun to write. */
function contentTimer({ anyAnswer, target, patienceMs = Infinity }: UpstreamRequest): {
  timer: string
  limitMs: number
} {
  const { headersMs, firstContentMs } = target.connection.timers
  return anyAnswer === true
    ? { timer: 'headers', limitMs: Math.min(headersMs, patienceMs) }
    : { timer: 'first_token', limitMs: Math.min(firstContentMs, patienceMs) }
}

function both<Value>(first: (value: Value) => void, second: (value: Value) => void): (value: Value) => void {
  return value => {
    first(value)
    second(value)
  }
}
