// HTTP by hand: a socket that sends the bytes it is given, right or wrong, and reads what comes back.

import { once } from 'node:events'
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import { eventually } from './scene.ts'

export interface RawAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface RawConnection {
  send(bytes: string | Buffer): void
  /** The next whole answer on the connection. */
  answer(): Promise<RawAnswer>
  /** Resolves when the gateway has closed the connection. */
  readonly closed: Promise<unknown>
  /** What arrived and has not been read as an answer. */
  rest(): string
  destroy(): void
}

export async function openRawConnection(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
  })
  // A connection that is reset is closed as well.
  socket.on('error', () => {})
  return {
    send: bytes => void socket.write(bytes),
    closed: once(socket, 'close'),
    rest: () => received.toString('latin1'),
    destroy: () => socket.destroy(),
    async answer() {
      let found = readAnswer(received)
      await eventually(
        () => {
          found = readAnswer(received)
          return found !== null
        },
        () => received.toString('latin1').slice(0, 500),
      )
      if (found === null) throw new Error('no answer')
      received = received.subarray(found.length)
      return found.answer
    },
  }
}

/** Sends the bytes on a connection of their own and gives the first answer. */
export async function askRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const connection = await openRawConnection(port)
  connection.send(bytes)
  const answer = await connection.answer()
  connection.destroy()
  return answer
}

/** A request line, headers and a body as they stand on the wire. */
export function rawRequest(lines: readonly string[], body: string | Buffer = ''): Buffer {
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)])
}

/** Reads one answer with a `content-length`; null while it is not whole. */
function readAnswer(bytes: Buffer): { answer: RawAnswer; length: number } | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map(line => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  const status = Number(first.split(' ')[1])
  const size = status < 200 ? 0 : Number(headers['content-length'] ?? 0)
  const length = end + 4 + size
  if (bytes.length < length) return null
  return { answer: { status, headers, body: bytes.toString('utf8', end + 4, length) }, length }
}
