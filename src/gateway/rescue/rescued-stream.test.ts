import { expect, test } from 'vitest'
import type { AnswerFacts, StreamedReply, StreamSink } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import { type Finder, RescuedStream } from './rescued-stream.ts'

const facts: AnswerFacts = {
  usage: null,
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

/** A stream that is driven by hand, and whether it was let go of. */
function replyOf() {
  const seen = { sink: null as StreamSink | null, aborted: false }
  const reply = {
    kind: 'stream',
    facts,
    stream: {
      read(sink: StreamSink) {
        seen.sink = sink
      },
      pause: () => {},
      resume: () => {},
      abort() {
        seen.aborted = true
      },
    },
  } as unknown as StreamedReply
  return { reply, seen }
}

const cut = new GatewayError('upstream_truncated')

const finding = (find: Finder['find']): Finder => ({ find, abandon: () => {} })

test('a continuation that cannot be passed on is let go of, and the stream ends with what it broke of', async () => {
  const first = replyOf()
  const second = replyOf()
  const stream = new RescuedStream(
    first.reply,
    finding(async () => ({ reply: second.reply, note: Buffer.from(':') })),
  )
  const failed = new Promise(resolve => {
    stream.read({
      data() {
        throw new Error('a mistake')
      },
      end: () => {},
      fail: resolve,
    })
  })
  first.seen.sink?.fail(cut)
  expect(await failed).toBe(cut)
  expect(second.seen.aborted).toBe(true)
})

test('a continuation that is found after the client has left is let go of', async () => {
  const first = replyOf()
  const second = replyOf()
  const continuation = Promise.withResolvers<{ reply: StreamedReply; note: Buffer }>()
  const stream = new RescuedStream(
    first.reply,
    finding(() => continuation.promise),
  )
  const failures: GatewayError[] = []
  stream.read({ data: () => {}, end: () => {}, fail: failure => failures.push(failure) })
  first.seen.sink?.fail(cut)
  stream.abort()
  continuation.resolve({ reply: second.reply, note: Buffer.alloc(0) })
  await continuation.promise
  await Promise.resolve()
  expect(second.seen.aborted).toBe(true)
  expect(second.seen.sink).toBe(null)
  expect(failures).toEqual([])
})
