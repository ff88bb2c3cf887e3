// Brings a relayed answer to the client as it comes, and closes the books at its end.

import type { AnswerFacts, Method, RelayReply } from '../../call.ts'
import { answerHeaders } from '../deliver.ts'
import type { Exchange, RelayBody } from '../exchange.ts'
import { passStream } from '../pass-stream.ts'
import { settle } from '../settle.ts'
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

export function deliverRelayed(exchange: Exchange, reply: RelayReply, relayed: Relayed): void {
  const { call } = exchange
  const { status, headers } = reply
  const { connection, side } = relayed.provider
  const path = relayed.path.split('?')[0] ?? ''
  const meter = openRelayMeter({ connection, side, path, status, headers })
  call.reply.openStream(
    [...exchange.headers, ...answerHeaders(exchange, null), ...replyHeaders(headers)],
    status,
  )
  passStream(exchange, reply.body, {
    heard: chunk => meter?.push(chunk),
    close(error, last) {
      noteBytes(exchange, relayed.body)
      const facts = meter?.finish() ?? null
      const worth = accountRelayed(exchange, { facts, status, method: relayed.method })
      const ending = { status, error, facts: facts ?? noFacts, bytesOut: call.reply.bytesSent }
      settle(exchange, { ...ending, account: worth }, () => {
        if (error === null) call.reply.endStream(last)
        // What was sent so far looks like an answer: only a cut connection tells that it is none.
        else call.reply.drop()
      })
    },
  })
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
