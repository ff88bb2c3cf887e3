// Makes a format of what is particular about it, for OpenAI's operations beside conversations: what passes
// as bytes is read for a few facts alone.

import type { Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { refuseStream } from '../streams/refuse-stream.ts'
import { encodeError, encodeStreamError } from './error-body.ts'
import { decodeError } from './errors.ts'

export interface PlainFormatData
  extends Pick<Format, 'name' | 'checkRequest' | 'readAnswer'>,
    Partial<Pick<Format, 'takesForms' | 'anyAnswer' | 'costNeedsUsage' | 'embedding' | 'tokenCount'>> {
  /** Left out where there is no stream. */
  readonly openTap?: Format['openTap']
}

export function definePlainFormat(data: PlainFormatData): Format {
  return {
    modelInBody: true,
    framing: eventStream,
    clientHeaders: ['openai-beta', 'idempotency-key'],
    editsForUsage: () => ({}),
    openTap: refuseStream,
    decodeError,
    encodeError,
    encodeStreamError,
    // An answer may turn out to be no stream of events, and a comment would have begun one.
    keepAlive: Buffer.alloc(0),
    ...data,
  }
}
