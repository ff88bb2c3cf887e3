// One keep-alive connection that carries one request at a time and opens itself anew when it was closed.
// Raw sockets that all read into one buffer, so that the load generator costs less than what it measures.

import { connect, type Socket } from 'node:net'
import { ResponseParser } from './response-parser.ts'

/** What becomes of a request; exactly one of `onEnd` and `onFail` is called, once. */
export interface Exchange {
  onHead(status: number): void
  /** The bytes are only lent: copy what must outlive the call. */
  onBody(bytes: Buffer): void
  onEnd(): void
  onFail(reason: string): void
}

export interface Address {
  readonly host: string
  readonly port: number
}

// Safe to share: a read is handled to its end before the next one starts.
const sharedBuffer = Buffer.allocUnsafe(64 * 1024)

export class Connection {
  readonly #address: Address
  #socket: Socket | null = null
  #exchange: Exchange | null = null

  constructor(address: Address) {
    this.#address = address
  }

  send(request: Buffer, exchange: Exchange): void {
    this.#exchange = exchange
    this.#socket ??= this.#open()
    this.#socket.write(request)
  }

  /** Leaves without a word, as a client does that goes away; the exchange hears nothing more. */
  leave(): void {
    this.#exchange = null
    this.#drop()
  }

  #open(): Socket {
    const parser = new ResponseParser({
      onHead: status => this.#exchange?.onHead(status),
      onBody: bytes => this.#exchange?.onBody(bytes),
      onEnd: reusable => this.#end(reusable),
    })
    const socket = connect({
      host: this.#address.host,
      port: this.#address.port,
      noDelay: true,
      onread: {
        buffer: sharedBuffer,
        callback: length => {
          if (this.#socket === socket) this.#feed(parser, sharedBuffer.subarray(0, length))
          return true
        },
      },
    })
    const closed = (reason: string) => {
      if (this.#socket !== socket) return
      if (!parser.finish()) this.#fail(reason)
    }
    socket.on('error', error => closed('code' in error ? String(error.code) : error.message))
    socket.on('end', () => closed('closed by the other side'))
    socket.on('close', () => closed('closed'))
    return socket
  }

  #feed(parser: ResponseParser, bytes: Buffer): void {
    try {
      parser.feed(bytes)
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error))
    }
  }

  #end(reusable: boolean): void {
    if (!reusable) this.#drop()
    const exchange = this.#exchange
    this.#exchange = null
    exchange?.onEnd()
  }

  #fail(reason: string): void {
    this.#drop()
    const exchange = this.#exchange
    this.#exchange = null
    exchange?.onFail(reason)
  }

  #drop(): void {
    this.#socket?.destroy()
    this.#socket = null
  }
}
