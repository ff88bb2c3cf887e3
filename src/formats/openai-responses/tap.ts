// Reads along with a stream that passes as bytes, and knows what it has said, to end it as a failed response.

import type { StreamTap } from '../../call.ts'
import type { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { ChatTranslation, Framing } from '../format.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { ResponsesStreamDecoder } from './decode-stream.ts'
import { encodeStreamError, failureEvents, responseError } from './errors.ts'

/** A class because one is made for each stream and each of its chunks passes through. */
export class ResponsesTap implements StreamTap {
  readonly #tap: PassThroughTap
  readonly #framing: Framing
  #decoder: ResponsesStreamDecoder | null = null

  constructor({ framing, chat }: { readonly framing: Framing; readonly chat: ChatTranslation }) {
    this.#framing = framing
    const openDecoder: ChatTranslation['openDecoder'] = (_context, emit) => {
      this.#decoder = new ResponsesStreamDecoder(emit)
      return this.#decoder
    }
    this.#tap = new PassThroughTap({ framing, chat: { ...chat, openDecoder } })
  }

  get facts(): StreamTap['facts'] {
    return this.#tap.facts
  }

  /** A tool of the provider's at work is content: it may take minutes, and is paid for. */
  get started(): boolean {
    return this.#tap.started || this.#decoder?.working === true
  }

  get ended(): boolean {
    return this.#tap.ended
  }

  push(chunk: Buffer): Buffer | null {
    return this.#tap.push(chunk)
  }

  finish(): Buffer {
    return this.#tap.finish()
  }

  fail(error: GatewayError): Buffer {
    const decoder = this.#decoder
    if (decoder === null || decoder.response === null) return encodeStreamError(error)
    const response: JsonObject = {
      ...decoder.response,
      status: 'failed',
      error: responseError(error),
      output: decoder.output,
    }
    return this.#framing.frame(failureEvents(error, response, decoder.sequence + 1))
  }
}
