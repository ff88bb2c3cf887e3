// Streams on their way from every wire format to clients of every other: what goes wrong at one end is told at the other.

import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { readers } from '../conformance/readers/index.ts'
import type { Reading } from '../conformance/support/reading.ts'
import { formatOf } from '../conformance/support/seam.ts'
import type { Behaviour, FakeUpstream } from '../support/fake-upstream.ts'
import { eventually, type Scene, shareScene } from '../support/scene.ts'
import {
  askAs,
  clientFormats,
  eventsOf,
  eventsUntil,
  failingStream,
  foreignTo,
  groupOf,
  modelOf,
  openStream,
  type Speaker,
  saying,
  speakingSections,
  streamOf,
  upstreamFormats,
} from '../support/speakers.ts'

const hello = saying([{ type: 'text', text: 'Hello again' }])

const shareSpeakers = (): (() => Scene) =>
  shareScene({
    upstreams: [...upstreamFormats, 'spare'].map(() => []),
    server: { ping_after: '40ms' },
    sections: upstreams => speakingSections(upstreams),
  })

function upstreamOf({ upstreams }: Scene, name: Speaker | 'spare'): FakeUpstream {
  const index = name === 'spare' ? upstreamFormats.length : upstreamFormats.indexOf(name)
  const upstream = upstreams[index]
  if (upstream === undefined) throw new Error(`there is no upstream of ${name}`)
  return upstream
}

function read(client: string, bytes: Buffer): Reading {
  const reader = readers[client]
  if (reader === undefined) throw new Error(`there is no reader of ${client}`)
  return reader.readStream(bytes)
}

function linesOf({ gateway }: Scene): readonly Record<string, unknown>[] {
  return gateway.readLog().filter(({ message }) => message === 'request')
}

function lastLine(scene: Scene): Record<string, unknown> | undefined {
  return linesOf(scene).at(-1)
}

describe.each(clientFormats)('a client of %s', client => {
  const scene = shareSpeakers()

  test.each(foreignTo(client))('hears an error where a stream of %s breaks off, however', async upstream => {
    const begun = eventsUntil(eventsOf(upstream, hello), 'Hello')
    for (const ending of ['cut', 'end'] as const) {
      upstreamOf(scene(), upstream).behave(streamOf(upstream, begun, { ending }))
      const answered = await askAs(scene().gateway, { client, model: modelOf(upstream) })
      expect(answered.status).toBe(200)
      const reading = read(client, await answered.whole)
      expect(reading.error, ending).not.toBeNull()
      expect(reading.text).toContain('Hello')
      await scene().settled()
      expect(lastLine(scene())).toMatchObject({ outcome: 'truncated', error_code: 'upstream_truncated' })
    }
  })

  test.each(foreignTo(client))(
    'hears the next provider where the stream of %s begins with an error',
    async upstream => {
      const error = new GatewayError('upstream_overloaded', { message: 'Overloaded, come again.' })
      const { requests } = upstreamOf(scene(), upstream)
      const before = requests.length
      upstreamOf(scene(), upstream).behave(failingStream(upstream, error))
      upstreamOf(scene(), 'spare').behave(
        streamOf('anthropic-messages', eventsOf('anthropic-messages', hello)),
      )
      const answered = await askAs(scene().gateway, { client, model: groupOf(upstream) })
      expect(answered.status).toBe(200)
      expect(read(client, await answered.whole)).toMatchObject({ text: 'Hello again', error: null })
      expect(requests).toHaveLength(before + 1)
    },
  )

  test.each(foreignTo(client))('closes the stream of %s by leaving', async upstream => {
    const begun = eventsUntil(eventsOf(upstream, hello), 'Hello')
    upstreamOf(scene(), upstream).behave(streamOf(upstream, begun, { ending: 'stall' }))
    const before = linesOf(scene()).length
    const answered = await askAs(scene().gateway, { client, model: modelOf(upstream) })
    await answered.sees('Hello')
    answered.leave()
    await upstreamOf(scene(), upstream).requests.at(-1)?.aborted
    await eventually(() => linesOf(scene()).length > before)
    expect(lastLine(scene())).toMatchObject({ outcome: 'client_disconnected' })
  })

  const { keepAlive } = formatOf(client)

  test.skipIf(keepAlive.length === 0)('hears while it waits that somebody is there', async () => {
    const upstream: Speaker = client === 'gemini' ? 'openai-chat' : 'gemini'
    const events = eventsOf(upstream, hello)
    const said = eventsUntil(events, 'Hello').length
    const first = Promise.withResolvers<void>()
    const second = Promise.withResolvers<void>()
    const before = (index: number) =>
      index === 0 ? first.promise : index === said ? second.promise : undefined
    upstreamOf(scene(), upstream).behave(streamOf(upstream, events, { before }))
    const answered = await askAs(scene().gateway, { client, model: modelOf(upstream) })
    await answered.sees(keepAlive)
    first.resolve()
    await answered.sees('Hello')
    const begun = answered.bytes().length
    await eventually(() => answered.bytes().subarray(begun).includes(keepAlive))
    second.resolve()
    expect(read(client, await answered.whole)).toMatchObject({ text: 'Hello again', error: null })
  })
})

const scene = shareSpeakers()

test.each<{ client: string; upstream: Speaker }>([
  { client: 'openai-chat', upstream: 'anthropic-messages' },
  { client: 'anthropic-messages', upstream: 'bedrock-converse' },
  { client: 'gemini', upstream: 'ollama-chat' },
])(
  'a client of $client that does not read makes $upstream wait instead of filling the memory',
  async ({ client, upstream }) => {
    const size = 40 << 20
    const events = eventsOf(upstream, saying([{ type: 'text', text: 'Hello'.repeat(13_000) }]))
    const at = events.findIndex(event => event.includes('HelloHello'))
    const event = events[at] ?? Buffer.alloc(0)
    let accepted = 0
    const flood: Behaviour = async (_request, response) => {
      openStream(upstream, response)
      for (const first of events.slice(0, at)) response.write(first)
      while (accepted < size) {
        accepted += event.length
        if (!response.write(event)) await once(response, 'drain')
      }
      for (const last of events.slice(at + 1)) response.write(last)
      response.end()
    }
    upstreamOf(scene(), upstream).behave(flood)
    const answered = await askAs(scene().gateway, { client, model: modelOf(upstream) })
    answered.pause()
    let before = -1
    while (before !== accepted) {
      before = accepted
      await sleep(150)
    }
    // Between the two ends there are four socket buffers of the system, some MiB each.
    expect(accepted).toBeLessThan(size * 0.75)
    answered.resume()
    const bytes = await answered.whole
    expect(bytes.length).toBeGreaterThan(size * 0.9)
    expect(bytes.subarray(-4096).includes('error')).toBe(false)
    await scene().settled()
  },
)
