// The binary frames in which AWS streams events.

import { asGatewayError, GatewayError } from '../../errors.ts'
import { AwsEventStreamSplitter, BrokenFrameError, encodeAwsEvent } from '../../lib/aws-event-stream.ts'
import { type EventBlock, EventTooLargeError } from '../../lib/event-stream-splitter.ts'
import type { Framing, Splitter } from '../format.ts'

const maxFrameBytes = 32 << 20

export const awsEventStream: Framing = {
  contentType: 'application/vnd.amazon.eventstream',
  openSplitter: () => new CheckedSplitter(),
  frame(events) {
    const [first, ...more] = events
    if (first !== undefined && more.length === 0) return encodeAwsEvent(first)
    return Buffer.concat(events.map(encodeAwsEvent))
  },
}

/** Tells of broken frames as of any answer that is not what its format says. */
class CheckedSplitter implements Splitter {
  readonly #splitter = new AwsEventStreamSplitter(maxFrameBytes)

  push(chunk: Buffer): EventBlock | null {
    try {
      return this.#splitter.push(chunk)
    } catch (thrown) {
      throw asMalformed(thrown)
    }
  }

  end(): EventBlock | null {
    try {
      return this.#splitter.end()
    } catch (thrown) {
      throw asMalformed(thrown)
    }
  }
}

function asMalformed(thrown: unknown): GatewayError {
  if (!(thrown instanceof BrokenFrameError || thrown instanceof EventTooLargeError))
    return asGatewayError(thrown)
  return new GatewayError('upstream_malformed', { message: thrown.message, cause: thrown })
}
