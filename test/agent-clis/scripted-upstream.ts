// A provider on loopback that speaks the wire format it is asked in, and says what the script says.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Completion } from '../../src/conversation/completion.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import type { Address, EncodeContext, Format, WireEvent } from '../../src/formats/format.ts'
import { formats } from '../../src/formats/index.ts'
import type { JsonObject } from '../../src/lib/json-value.ts'
import { answerTo, streamOf } from './script.ts'

/** Where the formats are asked; the first group is the model, where the path names it. */
const places: readonly { readonly path: RegExp; readonly format: string; readonly streaming?: boolean }[] = [
  { path: /\/chat\/completions$/, format: 'openai-chat' },
  { path: /\/responses$/, format: 'openai-responses' },
  { path: /\/responses\/input_tokens$/, format: 'openai-responses-count' },
  { path: /\/v1\/messages$/, format: 'anthropic-messages' },
  { path: /\/v1\/messages\/count_tokens$/, format: 'anthropic-token-count' },
  { path: /\/models\/([^/]+):streamGenerateContent$/, format: 'gemini', streaming: true },
  { path: /\/models\/([^/]+):generateContent$/, format: 'gemini', streaming: false },
  { path: /\/models\/([^/]+):countTokens$/, format: 'gemini-token-count', streaming: false },
  { path: /\/v2\/chat$/, format: 'cohere-chat' },
  { path: /\/model\/([^/]+)\/converse-stream$/, format: 'bedrock-converse', streaming: true },
  { path: /\/model\/([^/]+)\/converse$/, format: 'bedrock-converse', streaming: false },
  { path: /\/model\/([^/]+)\/count-tokens$/, format: 'bedrock-token-count', streaming: false },
  { path: /\/api\/chat$/, format: 'ollama-chat' },
]

/** What the upstream was asked. */
export interface Asked {
  readonly format: string
  readonly body: JsonObject
}

export interface ScriptedUpstream {
  readonly url: string
  /** Since the last call of this. */
  takeAsked(): readonly Asked[]
  /** What could not be answered, since the last call of this. */
  takeFaults(): readonly string[]
  stop(): void
}

export async function startScriptedUpstream(folder: () => string): Promise<ScriptedUpstream> {
  let asked: Asked[] = []
  let faults: string[] = []
  const server = createServer((request, response) => {
    readWhole(request)
      .then(body => answer({ url: request.url ?? '', body }, response))
      .catch((thrown: unknown) => {
        faults.push(`upstream: ${request.url} ${String(thrown)}`)
        if (response.headersSent) response.destroy()
        else
          response
            .writeHead(500, { 'content-type': 'application/json' })
            .end('{"error":{"message":"no script"}}')
      })
  })

  async function answer(sent: { url: string; body: Buffer }, response: ServerResponse): Promise<void> {
    const path = new URL(sent.url, 'http://upstream').pathname
    const place = places.find(candidate => candidate.path.test(path))
    if (place === undefined) throw new Error('there is nothing at this path')
    const format = formatNamed(place.format)
    const body = JSON.parse(sent.body.toString()) as JsonObject
    asked.push({ format: place.format, body })
    const model = place.path.exec(path)?.[1]
    const address: Address = {
      model: model === undefined ? null : decodeURIComponent(model),
      streaming: place.streaming ?? null,
    }
    format.checkRequest(body, address)
    if (format.tokenCount !== undefined) return sendJson(format.tokenCount.encodeResponse(1234), response)
    if (format.chat === undefined) throw new Error(`${place.format} has no conversations`)
    const conversation = format.chat.decodeRequest(body, address)
    const scene = { folder: folder(), format: place.format, createId }
    await send(format, { conversation, answer: answerTo(conversation, scene) }, response)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeAsked() {
      const taken = asked
      asked = []
      return taken
    },
    takeFaults() {
      const taken = faults
      faults = []
      return taken
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function formatNamed(name: string): Format {
  const format = formats[name]
  if (format === undefined) throw new Error(`there is no format ${name}`)
  return format
}

async function readWhole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

let count = 0
function createId(): string {
  return `id${String(count++).padStart(6, '0')}`
}

interface Exchange {
  readonly conversation: Conversation
  readonly answer: Completion
}

async function send(
  format: Format,
  { conversation, answer }: Exchange,
  response: ServerResponse,
): Promise<void> {
  const { chat, framing } = format
  if (chat === undefined) throw new Error(`${format.name} has no conversations`)
  const context: EncodeContext<Conversation> = {
    asked: { ...conversation, wantsStreamUsage: true },
    id: createId(),
    created: 1_800_000_000,
    inputTokens: 25,
    createId,
  }
  if (!conversation.streaming) return sendJson(chat.encodeResponse(answer, context), response)
  response.writeHead(200, { 'content-type': framing.contentType })
  const written: WireEvent[] = []
  const encoder = chat.openEncoder(context, event => written.push(event))
  for (const event of streamOf(answer)) {
    encoder.push(event)
    if (written.length > 0) response.write(framing.frame(written.splice(0)))
    await nextTurn()
  }
  response.end()
}

function sendJson(body: JsonObject, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
