// An upstream in a process of its own, for tests under load. Chat requests are answered after a delay, or streamed one
// event after the other; with `hold`, streams stay open until POST /release. GET /state tells what it is doing.
// Usage: node upstream-child.ts JSON-OF-UpstreamSettings

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { chunk, completion, doneMarker, usageChunk } from './fake-upstream.ts'
import type { UpstreamSettings, UpstreamState } from './upstream-process.ts'

const settings = JSON.parse(process.argv[2] ?? '{}') as UpstreamSettings
const answer = JSON.stringify(completion(settings.text))
const head = chunk({ role: 'assistant', content: '' })
const word = chunk({ content: settings.text })
const tail = chunk({}, 'stop') + usageChunk + doneMarker

const state: UpstreamState = { open: 0, finished: 0, abandoned: 0, arrivedAt: [], answeredAt: [] }
/** What is kept of the first requests. */
const noted = 1000
const held = new Set<ServerResponse>()

async function stream(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(head + word)
  if (settings.hold) {
    held.add(response)
    return
  }
  for (let sent = 1; sent < settings.events; sent++) {
    await delay(settings.betweenMs)
    if (response.destroyed) return
    response.write(word)
  }
  response.end(tail)
}

function release(): void {
  for (const response of held) response.end(tail)
  held.clear()
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    if (request.url === '/state') {
      response.end(JSON.stringify(state))
    } else if (request.url === '/release') {
      release()
      response.end('{}')
    } else {
      void answerChat(Buffer.concat(parts), response)
    }
  })
})

async function answerChat(body: Buffer, response: ServerResponse): Promise<void> {
  state.open++
  note(state.arrivedAt)
  response.on('close', () => {
    state.open--
    held.delete(response)
    if (response.writableFinished) state.finished++
    else state.abandoned++
  })
  if (settings.delayMs > 0) await delay(settings.delayMs)
  if (response.destroyed) return
  note(state.answeredAt)
  if (body.includes('"stream":true')) await stream(response)
  else response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
}

function note(times: number[]): void {
  if (times.length < noted) times.push(performance.now())
}

// Short, so that idle connections do not look like ones that were forgotten.
server.keepAliveTimeout = 1_000
server.listen({ host: '127.0.0.1', port: settings.port, backlog: 4_096 }, () => {
  console.log(`upstream listens on port ${(server.address() as AddressInfo).port}`)
})
