// A client of streams that sees each piece as it arrives, and can leave or stop reading whenever a test wants it to.

import { type IncomingMessage, request } from 'node:http'
import { onTestFinished } from 'vitest'
import { eventually } from './scene.ts'
import { type TestGateway, testKey } from './test-gateway.ts'

export interface StreamClient {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Pieces as they came over the wire. */
  readonly pieces: readonly string[]
  /** The values of all `data` lines so far. */
  events(): string[]
  /** Content of all deltas so far. */
  content(): string
  /** What arrived until the end; rejects where the connection broke. */
  readonly whole: Promise<string>
  /** Waits for a piece of text. */
  sees(text: string): Promise<void>
  pause(): void
  resume(): void
  /** Takes a breath after each piece. */
  readSlowly(): void
  leave(): void
}

/** Asks for a stream; resolves with the head of the answer. */
export function openStreamClient(
  gateway: TestGateway,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<StreamClient> {
  const question = {
    model: 'test-model',
    stream: true,
    messages: [{ role: 'user', content: 'Hello' }],
    ...body,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json', ...headers },
    })
    onTestFinished(() => void outgoing.destroy())
    outgoing.on('error', reject)
    outgoing.on('response', response => resolve(readStream(response, () => outgoing.destroy())))
    outgoing.end(JSON.stringify(question))
  })
}

function readStream(response: IncomingMessage, leave: () => void): StreamClient {
  const pieces: string[] = []
  response.setEncoding('utf8')
  response.on('data', (piece: string) => pieces.push(piece))
  const whole = new Promise<string>((resolve, reject) => {
    response.on('end', () => resolve(pieces.join('')))
    response.on('error', reject)
  })
  // A test that does not ask for the end does not mind how it came.
  whole.catch(() => {})
  const text = () => pieces.join('')
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    pieces,
    events: () => eventsIn(text()),
    content: () => contentOf(text()),
    whole,
    sees: wanted => eventually(() => text().includes(wanted), text),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    readSlowly() {
      response.on('data', () => {
        response.pause()
        setTimeout(() => response.resume(), 2)
      })
    },
    leave,
  }
}

/** The values of all `data` lines of a stream. */
export function eventsIn(stream: string): string[] {
  return stream.split('\n').flatMap(line => (line.startsWith('data: ') ? [line.slice(6)] : []))
}

/** What the deltas of a stream say, put together. */
export function contentOf(stream: string): string {
  return eventsIn(stream)
    .filter(data => data !== '[DONE]')
    .map(data => {
      const event = JSON.parse(data) as { choices?: Array<{ delta?: { content?: string } }> }
      return event.choices?.[0]?.delta?.content ?? ''
    })
    .join('')
}

/** The error object of the last event. */
export function errorIn(stream: string): Record<string, unknown> {
  const last = JSON.parse(eventsIn(stream).at(-1) ?? '{}') as { error?: Record<string, unknown> }
  return last.error ?? {}
}
