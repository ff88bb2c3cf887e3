import { expect, test } from 'vitest'
import type { ReplyStream } from '../../call.ts'
import { createManualClock } from '../../lib/clock.ts'
import { listen } from './simulator.fixture.ts'
import { createTimedStream } from './timed-stream.ts'

const events = ['a', 'b', 'c']

function start(firstMs: number, betweenMs: number) {
  const clock = createManualClock()
  let timers = 0
  const counting = {
    ...clock,
    after(delayMs: number, callback: () => void) {
      timers++
      const cancel = clock.after(delayMs, () => {
        timers--
        callback()
      })
      return () => {
        timers--
        cancel()
      }
    },
  }
  return {
    clock,
    stream: createTimedStream(events, { clock: counting, firstMs, betweenMs }),
    timers: () => timers,
  }
}

test('without latency everything is handed over when the reader comes', () => {
  const heard = listen(start(0, 0).stream)
  expect(heard.text()).toBe('data: a\n\ndata: b\n\ndata: c\n\n')
  expect(heard.ended()).toBe(true)
})

test('events come when they are due', () => {
  const { clock, stream, timers } = start(100, 10)
  const heard = listen(stream)
  clock.advance(99)
  expect(heard.events()).toEqual([])
  clock.advance(1)
  expect(heard.events()).toEqual(['a'])
  clock.advance(10)
  expect(heard.events()).toEqual(['a', 'b'])
  expect(heard.ended()).toBe(false)
  clock.advance(10)
  expect(heard.ended()).toBe(true)
  expect(timers()).toBe(0)
})

test('what became due before the reader came waits for it', () => {
  const { clock, stream } = start(100, 10)
  clock.advance(110)
  const heard = listen(stream)
  expect(heard.events()).toEqual(['a', 'b'])
})

test('a paused reader gets nothing and holds no timer', () => {
  const { clock, stream, timers } = start(10, 10)
  const heard = listen(stream)
  stream.pause()
  expect(timers()).toBe(0)
  clock.advance(20)
  expect(heard.events()).toEqual([])
  stream.resume()
  stream.resume()
  expect(heard.events()).toEqual(['a', 'b'])
  clock.advance(10)
  expect(heard.ended()).toBe(true)
})

test('a reader may pause from within its own call, also on the last event', () => {
  const { stream } = start(0, 0)
  const heard = listen(stream, () => stream.pause())
  for (let round = 1; round < events.length; round++) {
    expect(heard.chunks).toHaveLength(round)
    stream.resume()
  }
  expect(heard.chunks).toHaveLength(events.length)
  expect(heard.ended()).toBe(false)
  stream.resume()
  expect(heard.ended()).toBe(true)
})

test('an aborted stream is silent and has no timer left', () => {
  const { clock, stream, timers } = start(10, 10)
  const heard = listen(stream)
  stream.abort()
  expect(timers()).toBe(0)
  clock.advance(1_000)
  stream.resume()
  expect(heard.chunks).toEqual([])
  expect(heard.ended()).toBe(false)
})

test('a reader may abort from within its own call', () => {
  const { stream } = start(0, 0)
  const holder: { stream: ReplyStream } = { stream }
  const heard = listen(stream, () => holder.stream.abort())
  expect(heard.chunks).toHaveLength(1)
  expect(heard.ended()).toBe(false)
})
