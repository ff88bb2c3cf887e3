// What a client was sent of a stream, kept while it may have to be gone on with.

/** An answer longer than this is not rescued: keeping it would cost more than it is worth. */
const maxLogBytes = 4 << 20

/** A class because each chunk of a stream passes through it. */
export class SentLog {
  readonly #maxBytes: number
  #chunks: Buffer[] | null = []
  #bytes = 0

  constructor(maxBytes: number = maxLogBytes) {
    this.#maxBytes = maxBytes
  }

  add(chunk: Buffer): void {
    if (this.#chunks === null) return
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxBytes) this.#chunks = null
    else this.#chunks.push(chunk)
  }

  /** Null where it was more than is kept. */
  read(): Buffer | null {
    return this.#chunks === null ? null : Buffer.concat(this.#chunks)
  }
}
