// Many requests at once, each of which tells how it ended: the client's side of what a gateway promises under load.

import { Agent, type IncomingMessage, request } from 'node:http'
import { chatBody } from './gateway-process.ts'

export interface Target {
  readonly port: number
  readonly key: string
}

export interface Outcome {
  /** `x-request-id`; null where no headers arrived. */
  readonly id: string | null
  readonly status: number | null
  readonly provider: string | null
  readonly streaming: boolean
  /** The answer, or the stream with its end, arrived complete. */
  readonly whole: boolean
  /** Content of a stream had arrived. */
  readonly began: boolean
  /** The last bytes, or why there are none. */
  readonly last: string
}

export interface OpenRequest {
  /** Resolves when content has arrived, or it has ended. */
  readonly began: Promise<void>
  readonly outcome: Promise<Outcome>
  leave(): void
}

export interface LoadClient {
  open(streaming: boolean): OpenRequest
  /** Asks again and again, this many at a time, half of them streams, until told to stop. */
  keepAsking(concurrency: number): Load
  /** Begins so many requests in every second, half of them streams, however long each takes, until told to stop. */
  keepPace(perSecond: number): Load
  close(): void
}

export interface Load {
  /** How they ended so far. */
  readonly outcomes: readonly Outcome[]
  /** Begins no more requests, and resolves when the last one has ended. */
  stop(): Promise<void>
}

export function createLoadClient(target: Target, model = 'gpt-4o-mini'): LoadClient {
  const agent = new Agent({ keepAlive: true })
  const open = (streaming: boolean): OpenRequest => openRequest({ target, agent, model, streaming })
  return {
    open,
    keepAsking(concurrency) {
      const outcomes: Outcome[] = []
      let stopped = false
      const ask = async (number: number): Promise<void> => {
        for (let count = number; !stopped; count++) outcomes.push(await open(count % 2 === 0).outcome)
      }
      const workers = Promise.all(Array.from({ length: concurrency }, (_, number) => ask(number)))
      return {
        outcomes,
        async stop() {
          stopped = true
          await workers
        },
      }
    },
    keepPace: perSecond => keepPace(open, perSecond),
    close: () => agent.destroy(),
  }
}

function keepPace(open: LoadClient['open'], perSecond: number): Load {
  const outcomes: Outcome[] = []
  const underway = new Set<Promise<unknown>>()
  const began = performance.now()
  let count = 0
  // Timers come late: what is due is begun, so that the pace is kept on the whole.
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * perSecond) / 1000)
    for (; count < due; count++) {
      const asked: Promise<unknown> = open(count % 2 === 0).outcome.then(outcome => {
        outcomes.push(outcome)
        underway.delete(asked)
      })
      underway.add(asked)
    }
  }, 5)
  return {
    outcomes,
    async stop() {
      clearInterval(timer)
      await Promise.all(underway)
    },
  }
}

interface RequestOptions {
  readonly target: Target
  readonly agent: Agent
  readonly model: string
  readonly streaming: boolean
}

function openRequest({ target, agent, model, streaming }: RequestOptions): OpenRequest {
  const body = JSON.stringify(chatBody({ model, stream: streaming }))
  const sent = request({
    host: '127.0.0.1',
    port: target.port,
    method: 'POST',
    path: '/v1/chat/completions',
    agent,
    headers: {
      authorization: `Bearer ${target.key}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  })
  let answer: IncomingMessage | null = null
  let text = ''
  let tellBegan = (): void => {}
  const began = new Promise<void>(resolve => {
    tellBegan = resolve
  })
  const outcome = new Promise<Outcome>(resolve => {
    const finish = (last: string): void => {
      tellBegan()
      resolve(describe({ answer, text, streaming, last }))
    }
    sent.on('error', error => finish((error as NodeJS.ErrnoException).code ?? error.message))
    sent.on('response', response => {
      answer = response
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (part.includes('"content"')) tellBegan()
      })
      response.on('error', () => {})
      response.on('close', () => finish(text.slice(-300)))
    })
  })
  sent.end(body)
  return { began, outcome, leave: () => void sent.destroy() }
}

interface Received {
  readonly answer: IncomingMessage | null
  readonly text: string
  readonly streaming: boolean
  readonly last: string
}

function describe({ answer, text, streaming, last }: Received): Outcome {
  const status = answer?.statusCode ?? null
  const ended = answer?.complete === true && status === 200
  return {
    id: headerOf(answer, 'x-request-id'),
    status,
    provider: headerOf(answer, 'x-llm-proxy-provider'),
    streaming,
    whole: ended && (streaming ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}')),
    began: streaming && /"content":"[^"]/.test(text),
    last,
  }
}

function headerOf(answer: IncomingMessage | null, name: string): string | null {
  const value = answer?.headers[name]
  return typeof value === 'string' ? value : null
}
