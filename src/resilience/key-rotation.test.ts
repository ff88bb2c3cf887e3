import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullReply, requestOf, targetOf } from '../../test/support/upstream-request.ts'
import type { UpstreamRequest } from '../call.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'
import type { GatewayEvent } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { createKeyRotation } from './key-rotation.ts'

const minuteMs = 60_000

function secretsOf(...keys: string[]): Secret[] {
  return keys.map(key => new Secret(key))
}

/** An upstream whose keys fail as `failing` says, by key or by key and model: `a`, `a/model`. */
function upstreamOf() {
  const clock = createManualClock()
  const events: GatewayEvent[] = []
  const rotation = createKeyRotation({ clock, observe: event => events.push(event) })
  const failing = new Map<string, GatewayError>()
  const used: Array<string | null> = []
  const send = rotation.layer(async ({ key, target }: UpstreamRequest) => {
    const name = key === null ? null : key.reveal()
    used.push(name)
    const failure = failing.get(`${name}/${target.model}`) ?? failing.get(`${name}`)
    if (failure !== undefined) throw failure
    return fullReply()
  })
  const ask = async (target = targetOf({ keys })) => {
    used.length = 0
    try {
      await send(requestOf({ target }))
      return { used: used.join(' '), failure: null }
    } catch (thrown) {
      return { used: used.join(' '), failure: thrown as GatewayError }
    }
  }
  const keys = secretsOf('a', 'b', 'c')
  return { clock, events, rotation, failing, ask, keys }
}

const refused = new GatewayError('upstream_authentication', { upstreamStatus: 401 })
const limited = (retryAfterMs: number) => new GatewayError('upstream_rate_limited', { retryAfterMs })

test('keys take turns', async () => {
  const { ask } = upstreamOf()
  const turns = [await ask(), await ask(), await ask(), await ask()]
  expect(turns.map(turn => turn.used)).toEqual(['a', 'b', 'c', 'a'])
})

test('all models of a provider share the turns', async () => {
  const { ask, keys } = upstreamOf()
  expect((await ask(targetOf({ keys }, 'one'))).used).toBe('a')
  expect((await ask(targetOf({ keys }, 'two'))).used).toBe('b')
})

test('a connection without keys is passed through', async () => {
  const { ask, rotation } = upstreamOf()
  expect(await ask(targetOf())).toEqual({ used: '', failure: null })
  expect(rotation.restOf(targetOf())).toBe(0)
})

test('a refused key is set aside and told of, and the next one answers the same request', async () => {
  const { ask, failing, events, clock } = upstreamOf()
  failing.set('a', refused)
  expect(await ask()).toEqual({ used: 'a b', failure: null })
  expect(events).toEqual([{ type: 'provider_key_rejected', provider: 'provider', keyIndex: 0 }])
  for (const expected of ['c', 'b', 'c']) expect((await ask()).used).toBe(expected)
  clock.advance(5 * minuteMs)
  failing.clear()
  const turns = [await ask(), await ask(), await ask()]
  expect(turns.map(turn => turn.used).sort()).toEqual(['a', 'b', 'c'])
  expect(events).toHaveLength(1)
})

test('while another key only rests, its limit is told, not the refusal: it passes, and may be waited for', async () => {
  const { ask, failing, rotation, clock } = upstreamOf()
  const target = targetOf({ keys: secretsOf('a', 'b') })
  failing.set('a', limited(1000))
  expect((await ask(target)).used).toBe('a b')
  failing.set('b', refused)
  const { used, failure } = await ask(target)
  expect(used).toBe('b')
  expect(failure).toMatchObject({ code: 'upstream_rate_limited', retryAfterMs: 1000 })
  expect(rotation.restOf(target)).toBe(1000)
  failing.clear()
  clock.advance(1000)
  expect(await ask(target)).toEqual({ used: 'a', failure: null })
})

test('requests that are refused together tell of the key once', async () => {
  const { ask, failing, events } = upstreamOf()
  const target = targetOf({ keys: secretsOf('a') })
  failing.set('a', refused)
  await Promise.all([ask(target), ask(target), ask(target)])
  expect(events).toHaveLength(1)
})

test.each<ErrorCode>(['upstream_rate_limited', 'upstream_quota_exceeded'])(
  'after %s the key rests for that model alone, and the next one is tried',
  async code => {
    const { ask, failing, clock, keys } = upstreamOf()
    failing.set('a/model', new GatewayError(code, { retryAfterMs: 5000 }))
    expect((await ask()).used).toBe('a b')
    expect((await ask()).used).toBe('c')
    expect((await ask(targetOf({ keys }, 'other'))).used).toBe('a')
    failing.clear()
    clock.advance(4999)
    for (let turn = 0; turn < 3; turn++) expect((await ask()).used).not.toBe('a')
    clock.advance(1)
    const turns = [await ask(), await ask(), await ask()]
    expect(turns.map(turn => turn.used)).toContain('a')
  },
)

test.each([
  ['a minute where the provider does not say', undefined, minuteMs],
  ['ten minutes at most', 3_600_000, 10 * minuteMs],
])('a limited key rests %s', async (_title, retryAfterMs, restMs) => {
  const { ask, failing, rotation } = upstreamOf()
  const target = targetOf({ keys: secretsOf('a') })
  failing.set(
    'a',
    new GatewayError('upstream_rate_limited', retryAfterMs === undefined ? {} : { retryAfterMs }),
  )
  await ask(target)
  expect(rotation.restOf(target)).toBe(restMs)
})

test('a shorter rest does not end a longer one', async () => {
  const { ask, failing, rotation } = upstreamOf()
  const target = targetOf({ keys: secretsOf('a') })
  failing.set('a', limited(9000))
  const first = ask(target)
  failing.set('a', limited(1000))
  await Promise.all([first, ask(target)])
  expect(rotation.restOf(target)).toBe(9000)
})

test("with every key limited the client hears the provider's words and the shortest rest", async () => {
  const { ask, failing } = upstreamOf()
  failing.set('a', limited(9000))
  failing.set('b', new GatewayError('upstream_rate_limited', { message: 'Slow down.', retryAfterMs: 3000 }))
  failing.set('c', refused)
  const { used, failure } = await ask()
  expect(used).toBe('a b c')
  expect(failure).toMatchObject({
    code: 'upstream_rate_limited',
    message: 'Slow down.',
    retryAfterMs: 3000,
    provider: 'provider',
  })
})

test('while every key rests nothing is sent', async () => {
  const { ask, failing, clock, rotation, keys } = upstreamOf()
  for (const [key, restMs] of Object.entries({ a: 9000, b: 3000, c: 6000 })) failing.set(key, limited(restMs))
  await ask()
  clock.advance(1000)
  expect(rotation.restOf(targetOf({ keys }))).toBe(2000)
  const { used, failure } = await ask()
  expect(used).toBe('')
  expect(failure).toMatchObject({ code: 'upstream_rate_limited', retryAfterMs: 2000, provider: 'provider' })
  clock.advance(2000)
  failing.delete('b')
  expect(await ask()).toEqual({ used: 'b', failure: null })
})

test('a provider whose only key is refused is asked again after five minutes, not before and not never', async () => {
  const { ask, failing, clock } = upstreamOf()
  const target = targetOf({ keys: secretsOf('a') })
  failing.set('a', refused)
  expect(await ask(target)).toMatchObject({
    used: 'a',
    failure: { code: 'upstream_authentication', upstreamStatus: 401 },
  })
  clock.advance(5 * minuteMs - 1)
  expect(await ask(target)).toMatchObject({
    used: '',
    failure: { code: 'upstream_authentication', retryAfterMs: 1 },
  })
  clock.advance(1)
  expect((await ask(target)).used).toBe('a')
  clock.advance(5 * minuteMs)
  failing.clear()
  expect(await ask(target)).toEqual({ used: 'a', failure: null })
})

test('any other failure goes up as it is and says nothing of the key', async () => {
  const { ask, failing, events, rotation, keys } = upstreamOf()
  const failure = new GatewayError('upstream_error')
  failing.set('a', failure)
  expect(await ask()).toEqual({ used: 'a', failure })
  expect(events).toEqual([])
  expect(rotation.restOf(targetOf({ keys }))).toBe(0)
})

test('providers do not share the state of their keys', async () => {
  const { ask, failing, keys } = upstreamOf()
  failing.set('a', refused)
  await ask()
  failing.clear()
  expect((await ask(targetOf({ keys, provider: 'another' }))).used).toBe('a')
})

test('a new configuration keeps what is known of the keys that stay', async () => {
  const { ask, failing, events } = upstreamOf()
  failing.set('a', refused)
  await ask()
  const reloaded = targetOf({ keys: secretsOf('d', 'a') })
  for (let turn = 0; turn < 3; turn++) expect((await ask(reloaded)).used).toBe('d')
  expect(events).toHaveLength(1)
})

test('whatever happens, no resting key is used, no key twice in a request, and every rest ends', async () => {
  const outcome = fc.oneof(
    fc.constant(null),
    fc.constant(refused),
    fc.constant(new GatewayError('upstream_error')),
    fc.integer({ min: 1, max: 20 * minuteMs }).map(limited),
  )
  const steps = fc.array(
    fc.record({
      pauseMs: fc.integer({ min: 0, max: 2 * minuteMs }),
      outcomes: fc.tuple(outcome, outcome, outcome),
    }),
    { maxLength: 30 },
  )
  await fc.assert(
    fc.asyncProperty(steps, async sequence => {
      const { ask, failing, clock, keys } = upstreamOf()
      const restsUntil = new Map<string, number>()
      for (const { pauseMs, outcomes } of sequence) {
        clock.advance(pauseMs)
        failing.clear()
        outcomes.forEach((failure, index) => {
          if (failure !== null) failing.set('abc'.charAt(index), failure)
        })
        const names = (await ask()).used.split(' ').filter(name => name !== '')
        expect(new Set(names).size).toBe(names.length)
        for (const name of names) {
          expect(restsUntil.get(name) ?? 0).toBeLessThanOrEqual(clock.now())
          const failure = failing.get(name)
          if (failure === refused) restsUntil.set(name, clock.now() + 5 * minuteMs)
          else if (failure?.code === 'upstream_rate_limited')
            restsUntil.set(name, clock.now() + Math.min(failure.retryAfterMs ?? 0, 10 * minuteMs))
        }
      }
      clock.advance(10 * minuteMs)
      failing.clear()
      const used = [await ask(), await ask(), await ask()].map(turn => turn.used)
      expect(used.sort()).toEqual(keys.map(key => key.reveal()))
    }),
  )
})

test('what is kept of models is bounded, whatever names clients make up', async () => {
  const clock = createManualClock()
  const keys = secretsOf('a')
  const rests = { restMs: 1_000, maxRestMs: 60_000 }
  const rotation = createKeyRotation({ clock, observe: () => {}, ...rests })
  const send = rotation.layer(() => Promise.reject(new GatewayError('upstream_rate_limited')))
  const limit = async (model: string): Promise<number> => {
    const target = targetOf({ keys }, model)
    await send(requestOf({ target })).catch(() => {})
    return rotation.restOf(target)
  }
  expect(await limit('known')).toBe(1_000)
  clock.advance(1_000)
  expect(await limit('known')).toBe(2_000)
  clock.advance(2_000)
  for (let index = 0; index < 1_000; index++) await limit(`made-up-${index}`)
  expect(await limit('known')).toBe(1_000)
})

test('a model that only some keys see is asked for with those alone, however they fail', async () => {
  const { ask, failing, keys, rotation, clock } = upstreamOf()
  const target = targetOf({ keys, seenByKeys: new Map([['rare', [1, 2]]]) }, 'rare')
  const turns = [await ask(target), await ask(target), await ask(target)]
  expect(turns.map(turn => turn.used)).toEqual(['b', 'c', 'b'])
  failing.set('b', limited(minuteMs))
  failing.set('c', refused)
  const failed = await ask(target)
  expect(failed.used.split(' ').toSorted()).toEqual(['b', 'c'])
  expect(failed.failure).toMatchObject({ code: 'upstream_rate_limited', retryAfterMs: minuteMs })
  expect(rotation.restOf(target)).toBe(minuteMs)
  expect((await ask(target)).used).toBe('')
  // Every other model may still be asked for with the key that is left.
  const common = targetOf({ keys, seenByKeys: new Map([['rare', [1, 2]]]) }, 'common')
  expect((await ask(common)).used).toBe('a')
  expect(rotation.restOf(common)).toBe(0)
  clock.advance(minuteMs)
  failing.clear()
  expect((await ask(target)).used).toBe('b')
})

test('what is known of a key outlasts requests of the configuration before, which did not have it', async () => {
  const { ask, failing, events } = upstreamOf()
  const [before, now] = [secretsOf('a'), secretsOf('b', 'a')]
  failing.set('b', refused)
  const turns: string[] = []
  for (const keys of [now, before, now, before, now]) turns.push((await ask(targetOf({ keys }))).used)
  expect(turns).toEqual(['b a', 'a', 'a', 'a', 'a'])
  expect(events.filter(({ type }) => type === 'provider_key_rejected')).toHaveLength(1)
})
