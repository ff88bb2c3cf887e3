// Reads along with streams of images, transcripts and audio, whose bytes pass as they came.

import type { AnswerFacts, StreamTap, Usage } from '../../call.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isText, type MutableJson } from '../../lib/json-value.ts'
import type { StreamDecoder, TapOptions, WireEvent } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { PassThroughTap } from '../streams/pass-through-tap.ts'
import { failureInSuccess, holdsError } from './errors.ts'
import { readMediaUsage } from './media-usage.ts'
import { parseEvent } from './stream-event.ts'

/** What the events of a stream are called. */
export interface MediaEvents {
  /** Those whose data is media: megabytes that nobody here has to read. */
  readonly media: readonly string[]
  /** Those whose `delta` is text. */
  readonly text: readonly string[]
  /** Those with which the answer is whole; they bring the usage. */
  readonly last: readonly string[]
}

/** For answers that may be a stream of events, or the media itself. */
export function openMediaTap(events: MediaEvents, { contentType }: TapOptions): StreamTap {
  if (contentType !== undefined && !/^text\/event-stream\b/i.test(contentType)) return new BytesTap()
  const openDecoder = (_context: unknown, emit: (event: CompletionEvent) => void): StreamDecoder =>
    createDecoder(events, emit)
  return new PassThroughTap({ framing: eventStream, chat: { openDecoder } })
}

function createDecoder(
  { media, text, last }: MediaEvents,
  emit: (event: CompletionEvent) => void,
): StreamDecoder {
  let whole = false
  const readLast = (value: MutableJson): void => {
    whole = true
    const usage = readMediaUsage(value['usage'])
    if (usage !== null) emit({ type: 'usage', usage })
  }
  return {
    push({ name, data }: WireEvent) {
      if (data.trim() === '[DONE]') {
        if (!whole) throw new GatewayError('upstream_truncated')
        emit({ type: 'end' })
        return
      }
      if (media.includes(name)) {
        emit(mediaCame)
        return
      }
      const value = parseEvent(data, name)
      if (name === 'error' || holdsError(value)) throw failureInSuccess(value)
      const kind = isText(value['type']) ? value['type'] : name
      if (text.includes(kind)) emit(textCame(value['delta']))
      else if (media.includes(kind)) emit(mediaCame)
      if (last.includes(kind)) {
        emit(mediaCame)
        readLast(value)
      }
    },
    finish() {
      if (!whole) throw new GatewayError('upstream_truncated')
    },
  }
}

const mediaCame: CompletionEvent = {
  type: 'part',
  choice: 0,
  part: 0,
  value: { type: 'opaque', format: '', value: {} },
}

function textCame(delta: unknown): CompletionEvent {
  return { type: 'part_delta', choice: 0, part: 0, text: isText(delta) ? delta : '' }
}

/** Audio, as it comes: a failure in its middle cannot be told, so that the connection is cut. */
class BytesTap implements StreamTap {
  readonly facts: AnswerFacts = {
    usage: null as Usage | null,
    model: null,
    finishReason: null,
    serviceTier: null,
    outputCharacters: 0,
  }
  readonly unframed = true
  started = false
  readonly ended = false

  push(chunk: Buffer): Buffer {
    this.started = true
    return chunk
  }

  finish(): Buffer {
    return Buffer.alloc(0)
  }
}
