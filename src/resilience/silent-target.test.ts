import { describe, expect, test, vi } from 'vitest'
import { streamedReply } from '../../test/support/upstream-request.ts'
import type { GatewayError } from '../errors.ts'
import { breakerOf, target } from './breaker.fixture.ts'

const busyDeadline = 600_000

/** A target of which it is known that its answers take a tenth of a second. */
async function quickTarget() {
  const scene = breakerOf()
  for (let answer = 0; answer < 30; answer++) {
    const call = scene.begin()
    scene.clock.advance(100)
    await call.reply()
  }
  return {
    ...scene,
    isResting: () => scene.breaker.isResting(target.id),
    /** Calls that nobody answers, five milliseconds apart. */
    ask(times: number, giveUp?: (failure: GatewayError) => void, alternatives = true) {
      return Array.from({ length: times }, () => {
        scene.clock.advance(5)
        const underway = { call: giveUp === undefined ? null : { giveUp } }
        return scene.begin(busyDeadline, { alternatives, underway })
      })
    },
  }
}

describe('a target that answers nobody any more', () => {
  test('is avoided a second after the fifth call that it left without an answer', async () => {
    const { ask, clock, isResting, state } = await quickTarget()
    ask(5)
    clock.advance(999)
    expect(isResting()).toBe(false)
    clock.advance(1)
    expect(isResting()).toBe(true)
    expect(state()).toBe('closed')
  })

  test('is not avoided for fewer calls, however long they wait', async () => {
    const { ask, clock, isResting } = await quickTarget()
    ask(4)
    clock.advance(60_000)
    expect(isResting()).toBe(false)
  })

  test('is trusted again with the first thing that it says', async () => {
    const { ask, clock, isResting } = await quickTarget()
    const calls = ask(8)
    clock.advance(2000)
    expect(isResting()).toBe(true)
    await calls[3]?.reply()
    expect(isResting()).toBe(false)
  })

  test('is trusted again when those who waited for it have left', async () => {
    const { ask, clock, isResting } = await quickTarget()
    const calls = ask(6)
    clock.advance(2000)
    for (const call of calls.slice(0, 2)) {
      call.cancellation.cancel()
      await call.fail('client_disconnected')
    }
    expect(isResting()).toBe(false)
  })

  test('is one that works on long answers where others still come', async () => {
    const { ask, clock, isResting } = await quickTarget()
    const long = ask(20)
    clock.advance(900)
    await ask(1)[0]?.reply()
    clock.advance(5000)
    expect(isResting()).toBe(false)
    await long[0]?.reply()
  })

  test('is one that is known for slow answers only after three times as long as those take', async () => {
    const { begin, clock, breaker } = breakerOf()
    const slow = Array.from({ length: 30 }, () => begin())
    clock.advance(10_000)
    for (const call of slow) await call.reply()
    for (let call = 0; call < 10; call++) begin()
    clock.advance(29_000)
    expect(breaker.isResting(target.id)).toBe(false)
    clock.advance(5_000)
    expect(breaker.isResting(target.id)).toBe(true)
  })

  test('is never taken for one while nothing is known of its pace', () => {
    const { begin, clock, breaker } = breakerOf()
    for (let call = 0; call < 50; call++) begin()
    clock.advance(60_000)
    expect(breaker.isResting(target.id)).toBe(false)
  })

  test('is none while one of its streams goes on', async () => {
    const { ask, begin, clock, isResting } = await quickTarget()
    const stream = streamedReply()
    const facts = { usage: null, model: null, finishReason: null, serviceTier: null, outputCharacters: 1 }
    await begin(busyDeadline).reply({ ...stream.reply, facts })
    ask(10)
    for (let second = 0; second < 20; second++) {
      clock.advance(400)
      facts.outputCharacters++
      expect(isResting()).toBe(false)
    }
    clock.advance(400)
    isResting()
    clock.advance(600)
    expect(isResting()).toBe(true)
  })

  test('lets go of those who can be answered elsewhere after five seconds, and rests', async () => {
    const { ask, clock, isResting, state } = await quickTarget()
    const giveUp = vi.fn<(failure: GatewayError) => void>()
    ask(7, giveUp)
    const withoutChoice = vi.fn<() => void>()
    ask(1, withoutChoice, false)
    clock.advance(1000)
    expect(isResting()).toBe(true)
    clock.advance(3999)
    expect(giveUp).not.toHaveBeenCalled()
    clock.advance(100)
    expect(giveUp).toHaveBeenCalledTimes(7)
    expect(giveUp.mock.lastCall?.[0]).toMatchObject({ code: 'upstream_timeout', provider: 'provider' })
    expect(withoutChoice).not.toHaveBeenCalled()
    expect(state()).toBe('open')
  })

  test('keeps those who wait where it speaks again in time', async () => {
    const { ask, clock, isResting, state } = await quickTarget()
    const giveUp = vi.fn<(failure: GatewayError) => void>()
    const calls = ask(7, giveUp)
    clock.advance(1000)
    expect(isResting()).toBe(true)
    clock.advance(3000)
    await calls[0]?.reply()
    clock.advance(10_000)
    expect(giveUp).not.toHaveBeenCalled()
    expect(state()).toBe('closed')
  })
})
