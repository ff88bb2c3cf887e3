// An upstream on loopback that does what a test tells it to: answers, streams, stalls, cuts, resets. It stands for
// the providers, which cannot be had in a test; everything between it and the gateway is a real socket.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Resolves when the gateway has closed the connection before the answer was whole. */
  readonly aborted: Promise<void>
}

export type Behaviour = (request: SeenRequest, response: ServerResponse) => void | Promise<void>

export interface FakeUpstream {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string
  readonly port: number
  readonly requests: SeenRequest[]
  /** Answers to come, first in first out; the last one stays. */
  behave(...behaviours: Behaviour[]): void
  /** Closes what the gateway keeps open for later, without telling it first. */
  dropIdleConnections(): void
  close(): Promise<void>
}

export async function startFakeUpstream(...first: Behaviour[]): Promise<FakeUpstream> {
  let behaviours: Behaviour[] = first
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const aborted = new Promise<void>(resolve => {
        response.on('close', () => {
          if (!response.writableFinished) resolve()
        })
      })
      const seen: SeenRequest = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
        aborted,
      }
      requests.push(seen)
      const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0]
      void (behaviour ?? answerText('hello'))(seen, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | null = null
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    requests,
    behave(...next) {
      behaviours = next
    },
    dropIdleConnections: () => server.closeIdleConnections(),
    close() {
      closed ??= once(server, 'close').then(() => {})
      server.closeAllConnections()
      server.close()
      return closed
    },
  }
}

export function completion(
  text: string,
  usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'upstream-model',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage,
  }
}

export function answerText(text: string): Behaviour {
  return answerJson(200, completion(text))
}

export function answerJson(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

/** One chat chunk as an event. */
export function chunk(delta: object, finishReason: string | null = null, more: object = {}): string {
  const body = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'upstream-model',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
    ...more,
  }
  return `data: ${JSON.stringify(body)}\n\n`
}

export const usageChunk = chunk({}, null, {
  choices: [],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
})

export const doneMarker = 'data: [DONE]\n\n'

/** The events of a whole stream: role, words, finish, usage, end. */
export function wholeStream(...words: string[]): string[] {
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words.map(word => chunk({ content: word })),
    chunk({}, 'stop'),
    usageChunk,
    doneMarker,
  ]
}

export interface StreamOptions {
  /** What happens after the last event: a proper end, a cut connection, or silence. */
  readonly ending?: 'end' | 'cut' | 'stall'
  /** Awaited before each event. */
  readonly before?: (index: number) => Promise<void>
}

export function streamEvents(events: readonly string[], options: StreamOptions = {}): Behaviour {
  return async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    for (const [index, event] of events.entries()) {
      await options.before?.(index)
      if (response.destroyed) return
      if (!response.write(event)) await once(response, 'drain').catch(() => {})
    }
    if (options.ending === 'cut') response.socket?.destroySoon()
    else if (options.ending !== 'stall') response.end()
  }
}

/** Takes the request and closes the connection without a word. */
export const resetConnection: Behaviour = (_request, response) => {
  response.socket?.resetAndDestroy()
}

/** Takes the request and says nothing. */
export const stall: Behaviour = () => {}
