// As much of HTTP/1.1 as a load generator needs to know where one answer ends: content-length, chunked, or the
// end of the connection. A class because one runs for each of thousands of connections, on the hot path.

export interface ResponseSink {
  onHead(status: number): void
  /** The bytes are only lent: copy what must outlive the call. */
  onBody(bytes: Buffer): void
  /** `reusable` tells whether the connection may carry another request. */
  onEnd(reusable: boolean): void
}

type State = 'head' | 'length' | 'until-close' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer'

const headEnd = Buffer.from('\r\n\r\n')
const lineFeed = 0x0a
const maxHeadBytes = 64 * 1024

export class ResponseParser {
  readonly #sink: ResponseSink
  #state: State = 'head'
  #remaining = 0
  #reusable = true
  /** The beginning of a head or of a line whose rest has not come yet. */
  #kept: Buffer | null = null

  constructor(sink: ResponseSink) {
    this.#sink = sink
  }

  /** Throws an Error on bytes that are not HTTP. */
  feed(bytes: Buffer): void {
    let rest = this.#kept === null ? bytes : Buffer.concat([this.#kept, bytes])
    this.#kept = null
    while (rest.length > 0) {
      const used = this.#step(rest)
      if (used === 0) {
        if (rest.length > maxHeadBytes) throw new Error('a head or a line without end')
        this.#kept = Buffer.from(rest)
        return
      }
      rest = rest.subarray(used)
    }
  }

  /** The other side has closed. True where that is the regular end of the answer. */
  finish(): boolean {
    if (this.#state !== 'until-close') return false
    this.#end()
    return true
  }

  /** Returns how many bytes it took; 0 asks for more. */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes)
      case 'length':
      case 'chunk-data':
        return this.#readCounted(bytes)
      case 'until-close':
        this.#sink.onBody(bytes)
        return bytes.length
      case 'chunk-size':
      case 'chunk-end':
      case 'trailer':
        return this.#readLine(bytes)
    }
  }

  #readHead(bytes: Buffer): number {
    const end = bytes.indexOf(headEnd)
    if (end === -1) return 0
    const head = bytes.toString('latin1', 0, end + 2).toLowerCase()
    if (!head.startsWith('http/1.')) throw new Error('no HTTP answer')
    const status = Number(head.slice(9, 12))
    const used = end + headEnd.length
    if (status >= 100 && status < 200) return used
    this.#reusable = !head.includes('\r\nconnection: close')
    this.#sink.onHead(status)
    this.#chooseBody(head, status)
    return used
  }

  #chooseBody(head: string, status: number): void {
    const length = readField(head, '\r\ncontent-length:')
    if (head.includes('\r\ntransfer-encoding: chunked')) this.#state = 'chunk-size'
    else if (status === 204 || status === 304) this.#end()
    else if (length === null) {
      this.#state = 'until-close'
      this.#reusable = false
    } else if (Number(length) === 0) this.#end()
    else {
      this.#state = 'length'
      this.#remaining = Number(length)
    }
  }

  #readCounted(bytes: Buffer): number {
    const used = Math.min(this.#remaining, bytes.length)
    this.#remaining -= used
    this.#sink.onBody(used === bytes.length ? bytes : bytes.subarray(0, used))
    if (this.#remaining === 0) {
      if (this.#state === 'length') this.#end()
      else this.#state = 'chunk-end'
    }
    return used
  }

  #readLine(bytes: Buffer): number {
    const end = bytes.indexOf(lineFeed)
    if (end === -1) return 0
    if (this.#state === 'chunk-end') this.#state = 'chunk-size'
    else if (this.#state === 'trailer') {
      if (end <= 1) this.#end()
    } else this.#startChunk(bytes.toString('latin1', 0, end))
    return end + 1
  }

  #startChunk(line: string): void {
    const size = Number.parseInt(line, 16)
    if (Number.isNaN(size)) throw new Error(`no chunk size: ${JSON.stringify(line.slice(0, 40))}`)
    this.#remaining = size
    this.#state = size === 0 ? 'trailer' : 'chunk-data'
  }

  #end(): void {
    this.#state = 'head'
    this.#sink.onEnd(this.#reusable)
  }
}

function readField(head: string, name: string): string | null {
  const at = head.indexOf(name)
  if (at === -1) return null
  const from = at + name.length
  return head.slice(from, head.indexOf('\r\n', from)).trim()
}
