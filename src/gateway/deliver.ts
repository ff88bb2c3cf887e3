// Brings the answer, or the error, to the client: the books are closed before the last byte leaves.

import type { FullReply, StreamedReply } from '../call.ts'
import type { GatewayError } from '../errors.ts'
import type { Alarm } from '../lib/alarms.ts'
import { account } from './account.ts'
import type { Exchange } from './exchange.ts'
import { passStream } from './pass-stream.ts'
import { type Ending, settle, warnOfMalformedEvents } from './settle.ts'
import type { Account } from './snapshot.ts'

const streamHeaders = [
  'cache-control',
  'no-cache',
  // Proxies in front of us must not collect the stream.
  'x-accel-buffering',
  'no',
] as const

export function deliverFull(exchange: Exchange, reply: FullReply): void {
  const { call, page } = exchange
  if (reply.warnings !== undefined) page.warnings.push(...reply.warnings)
  const ending: Ending = {
    status: reply.status,
    error: null,
    facts: reply.facts,
    bytesOut: reply.body.length,
  }
  const worth = account(exchange, ending)
  const headers = [
    ...exchange.headers,
    ...answerHeaders(exchange, worth),
    'content-type',
    typeof reply.headers['content-type'] === 'string' ? reply.headers['content-type'] : 'application/json',
  ]
  settle(exchange, { ...ending, account: worth }, () => {
    if (!exchange.cancellation.cancelled)
      call.reply.sendFull({ status: reply.status, headers, body: reply.body })
  })
}

export function deliverStream(exchange: Exchange, reply: StreamedReply): void {
  const { call, gateway, snapshot, page } = exchange
  const { clock } = gateway
  page.firstContentMs = clock.now() - exchange.startedAt
  if (reply.warnings !== undefined) page.warnings.push(...reply.warnings)
  warnOfMalformedEvents(exchange, reply.facts.malformedEvents ?? 0)
  if (!call.reply.opened) call.reply.openStream(openingHeaders(exchange, reply))
  const ping = keepWaitingClientAlive(exchange)
  passStream(exchange, reply.stream, {
    heard: () => ping?.set(clock.now() + snapshot.pingAfterMs),
    close(error, last) {
      ping?.close()
      const bytes = error === null ? last : lastBytesOfFailure(exchange, reply, error)
      const ending: Ending = {
        status: reply.status,
        error,
        facts: reply.facts,
        bytesOut: call.reply.bytesSent + bytes.length,
      }
      settle(exchange, { ...ending, account: account(exchange, ending) }, () => {
        if (error !== null && reply.unframed === true) call.reply.drop()
        else call.reply.endStream(bytes)
      })
    },
  })
}

function lastBytesOfFailure({ call, id }: Exchange, reply: StreamedReply, error: GatewayError): Buffer {
  return reply.fail?.(error) ?? call.endpoint.format.encodeStreamError(error, id)
}

/**
 * Comments keep the connection of a stream open, before its first content and between two. They commit to nothing but the
 * status 200.
 * @returns the alarm of the next comment: set anew with every chunk, and closed at the end; null for formats without
 */
export function keepWaitingClientAlive(exchange: Exchange): Alarm | null {
  const { call, gateway, snapshot } = exchange
  if (call.endpoint.format.keepAlive.length === 0) return null
  const ping = gateway.alarms.open(() => {
    if (!call.reply.opened)
      call.reply.openStream([...exchange.headers, ...streamType(exchange, null), ...streamHeaders])
    call.reply.write(call.endpoint.format.keepAlive)
    ping.set(gateway.clock.now() + snapshot.pingAfterMs)
  })
  ping.set(gateway.clock.now() + snapshot.pingAfterMs)
  return ping
}

/** @param reply null before there is one */
function streamType({ call: { endpoint } }: Exchange, reply: StreamedReply | null): readonly string[] {
  const told = endpoint.format.anyAnswer === true ? reply?.headers['content-type'] : undefined
  return ['content-type', typeof told === 'string' ? told : endpoint.format.framing.contentType]
}

/** The answer to a request that failed before its answer began, in the client's format. */
export function deliverError(exchange: Exchange, error: GatewayError): void {
  const { call, headers } = exchange
  const { format } = call.endpoint
  const { opened } = call.reply
  const body = opened ? format.encodeStreamError(error, exchange.id) : format.encodeError(error, exchange.id)
  const { status } = error.entry
  const ending: Ending = { status, error, facts: null, bytesOut: body.length }
  const worth = account(exchange, ending)
  const answer = [
    ...headers,
    ...answerHeaders(exchange, worth),
    ...retryHeaders(error),
    ...(format.errorHeaders?.(error) ?? []),
    'content-type',
    'application/json',
  ]
  settle(exchange, { ...ending, account: worth }, () => {
    if (exchange.cancellation.cancelled) return
    if (opened) call.reply.endStream(body)
    else call.reply.sendFull({ status, headers: answer, body })
  })
}

function openingHeaders(exchange: Exchange, reply: StreamedReply): string[] {
  return [
    ...exchange.headers,
    ...answerHeaders(exchange, null),
    ...streamType(exchange, reply),
    ...streamHeaders,
  ]
}

/** @param worth null while a stream begins, when nobody knows its cost */
export function answerHeaders(exchange: Exchange, worth: Account | null): string[] {
  const { page, attempts, gateway } = exchange
  const overheadMs = gateway.clock.now() - exchange.startedAt - page.upstreamMs
  const headers = ['x-llm-proxy-overhead-ms', overheadMs.toFixed(2)]
  if (page.target !== null && attempts.length > 0) {
    headers.push(
      'x-llm-proxy-provider',
      page.target.connection.provider,
      'x-llm-proxy-attempts',
      String(attempts.length),
    )
    if (page.target.model !== '') headers.push('x-llm-proxy-model', headerText(page.target.model))
  }
  if (worth?.costStatus === 'priced' && worth.costNanoUsd !== null)
    headers.push('x-llm-proxy-cost', formatUsd(worth.costNanoUsd))
  if (page.warnings.length > 0) headers.push('x-llm-proxy-warnings', headerText(page.warnings.join('; ')))
  return headers
}

function retryHeaders(error: GatewayError): string[] {
  if (error.retryAfterMs === null) return []
  return [
    'retry-after',
    String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))),
    'retry-after-ms',
    String(Math.ceil(error.retryAfterMs)),
  ]
}

/** US dollars with nine digits, exact: 1 nano dollar is `0.000000001`. */
function formatUsd(nanoUsd: number): string {
  const digits = String(nanoUsd).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}

/** Model names may be anything; a header may not. */
function headerText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURI(text.toWellFormed())
}
