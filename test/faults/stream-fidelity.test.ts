// What passes through a stream unharmed, however its bytes arrive.

import { expect, test } from 'vitest'
import {
  type Behaviour,
  chunk,
  doneMarker,
  streamEvents,
  usageChunk,
  wholeStream,
} from '../support/fake-upstream.ts'
import { eventually, openScene, shareScene } from '../support/scene.ts'
import { contentOf, eventsIn, openStreamClient } from '../support/stream-client.ts'

/** Sends bytes in pieces of a size, each as a write of its own. */
function inPieces(text: string, size: number): Behaviour {
  const bytes = Buffer.from(text)
  return async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.socket?.setNoDelay(true)
    for (let at = 0; at < bytes.length; at += size) {
      response.write(bytes.subarray(at, at + size))
      await new Promise(resolve => setImmediate(resolve))
    }
    response.end()
  }
}

test('each chunk of a hundred is passed on when it comes, none waits for the next', async () => {
  const words = Array.from({ length: 100 }, (_, index) => `word${index} `)
  let received = () => ''
  // The next chunk is only sent when the client has the last one: what is held back would stop the test.
  const lockstep = streamEvents(wholeStream(...words), {
    before: index => (index < 2 || index > 100 ? Promise.resolve() : sees(`word${index - 2} `)),
  })
  const sees = (word: string) => eventually(() => received().includes(word), received)
  const { gateway } = await openScene({ upstreams: [[lockstep]] })
  const client = await openStreamClient(gateway)
  received = () => client.pieces.join('')
  await client.whole
  expect(client.content()).toBe(words.join(''))
  expect(client.pieces.length).toBeGreaterThanOrEqual(95)
})

const shared = shareScene({ upstreams: [[streamEvents(wholeStream('hi'))]] })

const texts = ['Grüße', ' an 世界', ' 👩‍👩‍👧', ' — “x” \\ "quoted" \n\t']

test.each([1, 2, 3, 5, 13, 64])(
  'a stream that arrives in pieces of %i bytes comes out the same',
  async size => {
    const stream = wholeStream(...texts).join('')
    const { gateway, upstream } = shared()
    upstream.behave(inPieces(stream, size))
    const response = await gateway.chat({ stream: true, stream_options: { include_usage: true } })
    expect(await response.text()).toBe(stream)
  },
)

test.each([1, 13])('line ends, comments and blanks of all kinds survive pieces of %i bytes', async size => {
  const events = wholeStream(...texts)
  const odd = [
    '\ufeff: a comment\r\n\r\n',
    (events[0] as string).replace('data: ', 'data:').replaceAll('\n', '\r\n'),
    ': another\n\n',
    (events[1] as string).replaceAll('\n', '\r'),
    `id: 7\nretry: 100\n${events[2] ?? ''}`,
    ...events.slice(3),
  ].join('')
  const { gateway, upstream } = shared()
  upstream.behave(inPieces(odd, size))
  const text = await (await gateway.chat({ stream: true })).text()
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('data:{', 'data: {')
  expect(contentOf(lines)).toBe(texts.join(''))
  expect(eventsIn(lines).at(-1)).toBe('[DONE]')
})

test('an event whose data stands on several lines is read as one', async () => {
  const [role = '', word = '', ...rest] = wholeStream('split')
  const lines = word.replace('"choices"', '\ndata: "choices"')
  const { gateway, upstream } = shared()
  upstream.behave(streamEvents([role, lines, ...rest]))
  const response = await gateway.chat({ stream: true })
  expect(await response.text()).toContain('split')
  expect(gateway.readLog().at(-1)).toMatchObject({ outcome: 'ok', output_tokens: 3 })
})

test('usage is always asked for, and taken out where the client did not ask', async () => {
  const { gateway, upstream } = shared()
  upstream.behave(streamEvents(wholeStream('hi')))
  const text = await (await gateway.chat({ stream: true })).text()
  expect(JSON.parse(String(upstream.requests.at(-1)?.body))).toMatchObject({
    stream_options: { include_usage: true },
  })
  expect(text).not.toContain('usage')
  expect(eventsIn(text)).toHaveLength(4)
  expect(gateway.readLog().at(-1)).toMatchObject({
    usage_source: 'provider',
    input_tokens: 7,
    output_tokens: 3,
  })
})

test('usage that the client asked for comes once, in a chunk without choices, before the end', async () => {
  const { gateway, upstream } = shared()
  upstream.behave(streamEvents(wholeStream('hi')))
  const stream_options = { include_usage: true }
  const events = eventsIn(await (await gateway.chat({ stream: true, stream_options })).text())
  expect(events.filter(event => event.includes('"usage"'))).toHaveLength(1)
  expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({ choices: [], usage: { total_tokens: 10 } })
  expect(JSON.parse(String(upstream.requests.at(-1)?.body))).toMatchObject({ stream_options })
})

test.each([
  ['with its usage', [usageChunk]],
  ['without usage', []],
])(
  'a stream %s that forgets its end marker is whole when it has its reason to finish',
  async (_what, usage) => {
    const events = [chunk({ role: 'assistant', content: 'hi' }), chunk({}, 'stop'), ...usage]
    const { gateway } = await openScene({ upstreams: [[streamEvents(events)]] })
    const text = await (await gateway.chat({ stream: true })).text()
    expect(eventsIn(text).at(-1)).toBe('[DONE]')
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({ outcome: 'ok', finish_reason: 'stop' })
  },
)

test('what an upstream says after its end marker is not passed on', async () => {
  const after = chunk({ content: 'too late' })
  const { gateway, upstream } = shared()
  upstream.behave(streamEvents([...wholeStream('hi'), after]))
  const text = await (await gateway.chat({ stream: true })).text()
  expect(text.endsWith(doneMarker)).toBe(true)
  expect(text).not.toContain('too late')
})

test('the last event needs no blank line after it', async () => {
  const stream = wholeStream('hi').join('').trimEnd()
  const { gateway, upstream } = shared()
  upstream.behave(inPieces(stream, 1000))
  const text = await (await gateway.chat({ stream: true })).text()
  expect(contentOf(text)).toBe('hi')
  expect(text.endsWith(doneMarker)).toBe(true)
})

test('three hundred streams at once never mix', async () => {
  const echo: Behaviour = (request, response) => {
    const { messages } = JSON.parse(request.body.toString()) as { messages: Array<{ content: string }> }
    const marker = messages[0]?.content ?? ''
    const pieces = Array.from({ length: 8 }, (_, index) => `<${marker}:${index}>`)
    const before = () => new Promise<void>(resolve => setImmediate(resolve))
    return streamEvents(wholeStream(...pieces), { before })(request, response)
  }
  const { gateway, settled } = await openScene({
    upstreams: [[echo]],
    provider: { max_connections: 100 },
  })
  const markers = Array.from({ length: 300 }, (_, index) => `marker-${index}-of-one`)
  const answers = await Promise.all(
    markers.map(async content => {
      const messages = [{ role: 'user', content }]
      return contentOf(await (await gateway.chat({ stream: true, messages })).text())
    }),
  )
  const wanted = markers.map(marker =>
    Array.from({ length: 8 }, (_, index) => `<${marker}:${index}>`).join(''),
  )
  expect(answers).toEqual(wanted)
  await settled()
  expect(await gateway.stopAndReadLedger()).toHaveLength(300)
})

test('a stream of an upstream that closed the kept connection meanwhile is asked for anew', async () => {
  const { gateway, upstream } = await openScene({ upstreams: [[streamEvents(wholeStream('one'))]] })
  await (await gateway.chat({ stream: true })).text()
  upstream.dropIdleConnections()
  const text = await (await gateway.chat({ stream: true })).text()
  expect(contentOf(text)).toBe('one')
})
