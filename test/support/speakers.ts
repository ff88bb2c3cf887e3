// Providers of the real types, one for each wire format, with fake upstreams behind them that speak it; and clients of
// every format. What an upstream says is told in the neutral form, and written as its format has it.

import { request, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { AnswerPart, Completion, FinishReason } from '../../src/conversation/completion.ts'
import { unfoldCompletion } from '../../src/conversation/unfold-completion.ts'
import type { GatewayError } from '../../src/errors.ts'
import type { WireEvent } from '../../src/formats/format.ts'
import { cutByEvent } from '../conformance/support/chunkings.ts'
import { httpClients } from '../conformance/support/clients.ts'
import { chatOf, formatOf, openContexts } from '../conformance/support/seam.ts'
import type { Behaviour, FakeUpstream } from './fake-upstream.ts'
import { eventually, type Sections } from './scene.ts'
import { type TestGateway, testKey } from './test-gateway.ts'

/** A model of today and who serves it, by wire format. */
const speakers = {
  'openai-chat': { type: 'openai_compatible', model: 'gpt-4.1', base: '/v1' },
  'openai-responses': { type: 'openai', model: 'gpt-5-codex', base: '/v1' },
  'anthropic-messages': { type: 'anthropic', model: 'claude-sonnet-4-5', base: '' },
  gemini: { type: 'gemini', model: 'gemini-2.5-flash', base: '' },
  'cohere-chat': { type: 'cohere', model: 'command-a-reasoning-08-2025', base: '' },
  'bedrock-converse': {
    type: 'bedrock',
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    base: '',
    more: { region: 'eu-central-1' },
  },
  'ollama-chat': { type: 'ollama', model: 'qwen3', base: '' },
} as const

export type Speaker = keyof typeof speakers

export const upstreamFormats = Object.keys(speakers) as readonly Speaker[]
export const clientFormats = Object.keys(httpClients)

/** Where a prompt is completed without a translation. */
const complete: ReadonlySet<string> = new Set(['openai-chat', 'openai-responses', 'ollama-chat'])

/** The upstreams for which a client of the format is translated. */
export function foreignTo(client: string): readonly Speaker[] {
  return upstreamFormats.filter(
    upstream => upstream !== client && !(client === 'openai-completions' && complete.has(upstream)),
  )
}

export function modelOf(upstream: Speaker): string {
  return speakers[upstream].model
}

/** Asks the one, and the spare upstream where that fails. */
export function groupOf(upstream: Speaker): string {
  return `first-${upstream}`
}

const spare = 'spare-model'

/**
 * @param upstreams in the order of `upstreamFormats`, and a spare one behind them that speaks Anthropic's
 */
export function speakingSections(upstreams: readonly FakeUpstream[], provider: Sections = {}): Sections {
  const usual = { api_key: 'sk-upstream', max_retries: 0, ...provider }
  const providers = upstreamFormats.map((name, index) => {
    const { type, model, base, ...others } = speakers[name]
    const more = 'more' in others ? others.more : {}
    const address = `http://127.0.0.1:${upstreams[index]?.port}${base}`
    return { name, type, base_url: address, models: [model], ...more, ...usual }
  })
  const last = {
    name: 'spare',
    type: 'anthropic',
    base_url: `http://127.0.0.1:${upstreams[upstreamFormats.length]?.port}`,
    models: [spare],
    ...usual,
  }
  const groups = upstreamFormats.map(name => [groupOf(name), [`${name}/${modelOf(name)}`, `spare/${spare}`]])
  return { providers: [...providers, last], models: { groups: Object.fromEntries(groups) } }
}

const usage = {
  inputUncached: 20,
  cacheRead: 5,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 10,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

export function saying(parts: readonly AnswerPart[], reason: FinishReason = 'stop'): Completion {
  return { id: 'answer0001', model: 'upstream-model', choices: [{ parts, finish: { reason } }], usage }
}

/** The events of the answer, each framed. */
export function eventsOf(upstream: string, completion: Completion): readonly Buffer[] {
  const written: WireEvent[] = []
  const { encoding } = openContexts(true)
  const asked = { ...encoding.asked, wantsStreamUsage: true }
  const encoder = chatOf(upstream).openEncoder({ ...encoding, asked }, event => written.push(event))
  for (const event of unfoldCompletion(completion)) encoder.push(event)
  return cutByEvent(formatOf(upstream).framing.frame(written), upstream)
}

/** Those up to the first that holds the text. */
export function eventsUntil(events: readonly Buffer[], text: string): readonly Buffer[] {
  const last = events.findIndex(event => event.includes(text))
  if (last === -1) throw new Error(`nothing says ${text}`)
  return events.slice(0, last + 1)
}

export interface Streamed {
  readonly ending?: 'end' | 'cut' | 'stall'
  /** Awaited before the event. */
  readonly before?: (index: number) => Promise<void> | undefined
}

export function streamOf(upstream: string, events: readonly Buffer[], options: Streamed = {}): Behaviour {
  return async (_request, response) => {
    openStream(upstream, response)
    for (const [index, event] of events.entries()) {
      await options.before?.(index)
      response.write(event)
    }
    if (options.ending === 'cut') response.socket?.destroySoon()
    else if (options.ending !== 'stall') response.end()
  }
}

export function openStream(upstream: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': formatOf(upstream).framing.contentType })
  response.flushHeaders()
}

/** A stream that begins with the error, in answer 200. */
export function failingStream(upstream: string, error: GatewayError): Behaviour {
  return streamOf(upstream, [formatOf(upstream).encodeStreamError(error)])
}

export function answerOf(upstream: string, completion: Completion): Behaviour {
  return (_request, response) => {
    const { encoding } = openContexts(false)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(chatOf(upstream).encodeResponse(completion, encoding)))
  }
}

export interface ByteClient {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What came so far. */
  bytes(): Buffer
  /** What arrived until the end; rejects where the connection broke. */
  readonly whole: Promise<Buffer>
  sees(text: string | Buffer): Promise<void>
  pause(): void
  resume(): void
  leave(): void
}

export interface Question {
  readonly client: string
  readonly model: string
  readonly streaming?: boolean
  /** Fields beside the shortest request, or others in their place. */
  readonly more?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks as a client of the format does; resolves with the head of the answer. */
export function askAs(
  gateway: TestGateway,
  { client, model, streaming = true, more, headers }: Question,
): Promise<ByteClient> {
  const how = httpClients[client]
  if (how === undefined) throw new Error(`There is no client of ${client}.`)
  return new Promise((resolve, reject) => {
    const outgoing = request(gateway.url + how.path(model, streaming), {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', ...how.headers(testKey), ...headers },
    })
    onTestFinished(() => void outgoing.destroy())
    outgoing.on('error', reject)
    outgoing.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      const whole = new Promise<Buffer>((settle, fail) => {
        response.on('end', () => settle(Buffer.concat(chunks)))
        response.on('error', fail)
      })
      // A test that does not ask for the end does not mind how it came.
      whole.catch(() => {})
      const bytes = () => Buffer.concat(chunks)
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        bytes,
        whole,
        sees: text =>
          eventually(
            () => bytes().includes(text),
            () => bytes().toString('latin1'),
          ),
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        leave: () => outgoing.destroy(),
      })
    })
    outgoing.end(JSON.stringify({ ...how.ask(model, streaming), ...more }))
  })
}

/** The body that the upstream got last. */
export function lastBody({ requests }: FakeUpstream): Record<string, unknown> {
  return JSON.parse(String(requests.at(-1)?.body)) as Record<string, unknown>
}
