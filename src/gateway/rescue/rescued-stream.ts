// A stream that somebody else goes on with where it breaks: the client sees one.

import type { AnswerFacts, ReplyStream, StreamedReply, StreamSink } from '../../call.ts'
import type { GatewayError } from '../../errors.ts'
import { SentLog } from './sent-log.ts'

export interface Continuation {
  readonly reply: StreamedReply
  /** Bytes that tell the client what happened; empty where its format has no place for that. */
  readonly note: Buffer
}

/** What broke, for who has to find somebody to go on. */
export interface Broken {
  readonly failure: GatewayError
  readonly facts: AnswerFacts
  /** What the client was sent; null where that is more than is kept. */
  readonly sent: Buffer | null
}

export interface Finder {
  /** @returns null where nobody goes on */
  find(broken: Broken): Promise<Continuation | null>
  /** Nobody waits for a continuation any more. */
  abandon(): void
}

/** A class because one is made for each stream that may be rescued and each of its chunks passes through. */
export class RescuedStream implements ReplyStream, StreamSink {
  readonly facts: AnswerFacts
  readonly #log = new SentLog()
  readonly #finder: Finder
  #reply: StreamedReply
  #sink: StreamSink | null = null
  #paused = false
  #over = false

  constructor(reply: StreamedReply, finder: Finder) {
    this.#reply = reply
    this.#finder = finder
    this.facts = new FactsInTurn(() => this.#reply.facts)
  }

  /** Of those who have answered, the last. */
  get reply(): StreamedReply {
    return this.#reply
  }

  read(sink: StreamSink): void {
    this.#sink = sink
    this.#reply.stream.read(this)
  }

  pause(): void {
    this.#paused = true
    this.#reply.stream.pause()
  }

  resume(): void {
    this.#paused = false
    this.#reply.stream.resume()
  }

  abort(): void {
    this.#over = true
    this.#sink = null
    this.#finder.abandon()
    this.#reply.stream.abort()
  }

  data(chunk: Buffer): void {
    this.#log.add(chunk)
    this.#sink?.data(chunk)
  }

  end(last?: Buffer): void {
    this.#over = true
    this.#sink?.end(last)
  }

  fail(failure: GatewayError): void {
    if (this.#over) return
    const broken = { failure, facts: this.#reply.facts, sent: this.#log.read() }
    this.#finder
      .find(broken)
      .then(found => this.#goOn(found, failure))
      .catch(() => this.#giveUp(failure))
  }

  #goOn(found: Continuation | null, failure: GatewayError): void {
    if (found === null) {
      this.#giveUp(failure)
      return
    }
    const { reply, note } = found
    if (this.#over) {
      reply.stream.abort()
      return
    }
    this.#reply = reply
    if (note.length > 0) this.#sink?.data(note)
    if (this.#paused) reply.stream.pause()
    reply.stream.read(this)
  }

  #giveUp(failure: GatewayError): void {
    if (this.#over) return
    this.#over = true
    // Nothing, unless its continuation was what failed.
    this.#reply.stream.abort()
    this.#sink?.fail(failure)
  }
}

/** Of several attempts at one answer the last one counts: those before it are billed for themselves. */
class FactsInTurn implements AnswerFacts {
  readonly #current: () => AnswerFacts

  constructor(current: () => AnswerFacts) {
    this.#current = current
  }

  get usage(): AnswerFacts['usage'] {
    return this.#current().usage
  }

  get model(): AnswerFacts['model'] {
    return this.#current().model
  }

  get finishReason(): AnswerFacts['finishReason'] {
    return this.#current().finishReason
  }

  get serviceTier(): AnswerFacts['serviceTier'] {
    return this.#current().serviceTier
  }

  get outputCharacters(): number {
    return this.#current().outputCharacters
  }

  get malformedEvents(): number {
    return this.#current().malformedEvents ?? 0
  }
}
