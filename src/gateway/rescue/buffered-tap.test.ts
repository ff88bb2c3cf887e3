import { expect, test } from 'vitest'
import type { AnswerFacts, StreamTap } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import { BufferedTap } from './buffered-tap.ts'

function innerTap(changes: Partial<StreamTap> = {}): StreamTap {
  return {
    facts: {} as AnswerFacts,
    started: true,
    ended: false,
    push: chunk => chunk,
    finish: () => Buffer.from('.'),
    ...changes,
  }
}

test('a stream is held until it is whole', () => {
  const tap = new BufferedTap(innerTap(), 10)
  expect(tap.push(Buffer.from('abc'))).toBeNull()
  expect(tap.push(Buffer.from('def'))).toBeNull()
  expect(tap.finish().toString()).toBe('abcdef.')
  expect(tap.holding).toBe(false)
})

test('one that is longer is passed on as it comes', () => {
  const tap = new BufferedTap(innerTap(), 4)
  expect(tap.push(Buffer.from('abc'))).toBeNull()
  expect(tap.push(Buffer.from('def'))?.toString()).toBe('abcdef')
  expect(tap.holding).toBe(false)
  expect(tap.push(Buffer.from('ghi'))?.toString()).toBe('ghi')
  expect(tap.finish().toString()).toBe('.')
})

test('how a failure is told is left to the stream within, or to the format where that does not say', () => {
  expect(new BufferedTap(innerTap()).fail).toBeUndefined()
  const told = new BufferedTap(innerTap({ fail: error => Buffer.from(error.code) }))
  expect(told.fail?.(new GatewayError('upstream_truncated')).toString()).toBe('upstream_truncated')
})
