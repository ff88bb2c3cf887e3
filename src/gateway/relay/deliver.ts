// Brings a relayed answer to the client as it comes, and closes the books at its end.

import type { AnswerFacts, Method, RelayReply, StreamSink } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import { answerHeaders } from '../deliver.ts'
import type { Exchange, RelayBody } from '../exchange.ts'
import { attemptsAsEnded, settle } from '../settle.ts'
import type { Account, RelayProvider } from '../snapshot.ts'
import { replyHeaders } from './headers.ts'
import { openRelayMeter } from './meter.ts'

export interface Relayed {
  readonly provider: RelayProvider
  /** At the provider, with its query. */
  readonly path: string
  readonly method: Method
  readonly body: RelayBody
}

const nothing = Buffer.alloc(0)

export function deliverRelayed(exchange: Exchange, reply: RelayReply, relayed: Relayed): void {
  const { call, gateway, page } = exchange
  const { status, headers, body: stream } = reply
  const { connection, side } = relayed.provider
  const path = relayed.path.split('?')[0] ?? ''
  const meter = openRelayMeter({ connection, side, path, status, headers })
  call.reply.openStream(
    [...exchange.headers, ...answerHeaders(exchange, null), ...replyHeaders(headers)],
    status,
  )
  const began = gateway.clock.now()
  let open = true
  gateway.streams.open++
  const close = (error: GatewayError | null): void => {
    if (!open) return
    open = false
    gateway.streams.open--
    page.upstreamMs += gateway.clock.now() - began
    noteBytes(exchange, relayed.body)
    const facts = meter?.finish() ?? null
    const worth = accountRelayed(exchange, { facts, status, method: relayed.method })
    const ending = { status, error, facts: facts ?? noFacts, bytesOut: call.reply.bytesSent }
    settle(exchange, { ...ending, account: worth }, () => {
      if (error === null) call.reply.endStream(nothing)
      // What was sent so far looks like an answer: only a cut connection tells that it is none.
      else call.reply.drop()
    })
  }
  const sink: StreamSink = {
    data(chunk) {
      meter?.push(chunk)
      if (!call.reply.write(chunk)) stream.pause()
    },
    end: () => close(null),
    fail(error) {
      error.attempts = attemptsAsEnded(exchange.attempts, { error, answered: true })
      close(error)
    },
  }
  call.reply.onDrain(() => stream.resume())
  exchange.cancellation.onCancel(() => {
    stream.abort()
    sink.fail(new GatewayError('client_disconnected'))
  })
  stream.read(sink)
}

/** How much of a body that is a stream has come by now. */
export function noteBytes({ page }: Exchange, body: RelayBody): void {
  if (body !== null && !Buffer.isBuffer(body)) page.bytesIn = body.bytes
}

const noFacts: AnswerFacts = {
  usage: null,
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

/** What was done by the request is not known, unless its answer says it; to look or to delete costs nothing. */
function accountRelayed(
  { snapshot, page, startedWall }: Exchange,
  { facts, status, method }: { facts: AnswerFacts | null; status: number; method: Method },
): Account {
  const usage = facts?.usage ?? null
  const { target } = page
  if (usage === null || target === null) {
    const free = status >= 400 || method === 'GET' || method === 'HEAD' || method === 'DELETE'
    return free
      ? { usage: null, usageSource: 'none', costNanoUsd: 0, costStatus: 'none' }
      : { usage: null, usageSource: 'none', costNanoUsd: null, costStatus: 'unpriced' }
  }
  const model = facts?.model ?? ''
  page.target = { ...target, id: `${target.connection.provider}/${model}`, model, priceModel: model }
  const serviceTier = facts?.serviceTier ?? null
  const cost = snapshot.costOf({ target: page.target, usage, serviceTier, at: startedWall })
  return { usage, usageSource: 'provider', costNanoUsd: cost.nanoUsd, costStatus: cost.status }
}
