// Reads the usage of a relayed answer while its bytes pass, where it is of a format that the provider is known to speak.

import type { AnswerFacts, Connection, Operation, ReplyHeaders, StreamTap } from '../../call.ts'
import type { Format } from '../../formats/format.ts'
import type { ProviderSide } from '../snapshot.ts'

export interface RelayMeter {
  push(chunk: Buffer): void
  /** Null where nothing could be read. */
  finish(): AnswerFacts | null
}

export interface MeteredAnswer {
  readonly connection: Connection
  readonly side: ProviderSide
  /** Of the provider, without the query. */
  readonly path: string
  readonly status: number
  readonly headers: ReplyHeaders
}

/** A longer answer passes unread. */
const maxReadBytes = 4 << 20

const operations: readonly Operation[] = ['chat', 'completion', 'embedding', 'rerank', 'moderation']

/** Null where the answer is nothing that could be read. */
export function openRelayMeter(answer: MeteredAnswer): RelayMeter | null {
  if (answer.status >= 300) return null
  const format = findFormat(answer)
  if (format === null) return null
  const type = String(answer.headers['content-type'] ?? '')
  const reader = answer.side.reader(format, true)
  if (type.startsWith(format.framing.contentType.split(';')[0] ?? ''))
    return meterStream(reader.openTap(type))
  return /\bjson\b/i.test(type) ? meterWhole(body => reader.readFull(body, type).facts) : null
}

/** Only formats whose paths do not depend on the model can be told by them. */
function findFormat({ connection, side, path }: MeteredAnswer): Format | null {
  for (const operation of operations)
    for (const format of side.formatsFor(operation, '')) {
      const known = connection.pathFor({ operation, format: format.name, model: '', streaming: false })
      if (format.modelInBody && known?.split('?')[0] === path) return format
    }
  return null
}

function meterStream(tap: StreamTap): RelayMeter {
  let broken = false
  return {
    push(chunk) {
      if (broken || tap.ended) return
      try {
        tap.push(chunk)
      } catch {
        // It is the client's affair what it asked for and what it makes of the answer.
        broken = true
      }
    },
    finish: () => tap.facts,
  }
}

function meterWhole(read: (body: Buffer) => AnswerFacts): RelayMeter {
  let chunks: Buffer[] | null = []
  let size = 0
  return {
    push(chunk) {
      size += chunk.length
      if (size > maxReadBytes) chunks = null
      chunks?.push(chunk)
    },
    finish() {
      if (chunks === null) return null
      try {
        return read(Buffer.concat(chunks))
      } catch {
        return null
      }
    },
  }
}
