import { expect, test } from 'vitest'
import { expandList } from './lib/environment.ts'
import { parseOptions } from './options.ts'
import { fillIn } from './subjects/peer.ts'

test('options have defaults, and lists are split', () => {
  expect(parseOptions([])).toMatchObject({ quick: false, only: null, subjects: null, limitMs: 45 * 60_000 })
  expect(parseOptions(['--only', 'cpu, start', '--subjects', 'floor,nginx', '--rounds', '7'])).toMatchObject({
    only: ['cpu', 'start'],
    subjects: ['floor', 'nginx'],
    rounds: 7,
  })
  expect(parseOptions(['--help'])).toBeNull()
})

test('a mistake in an option is named', () => {
  expect(() => parseOptions(['--rounds', 'many'])).toThrow('--rounds takes a whole number from 1, not "many"')
  expect(() => parseOptions(['--only', 'speed'])).toThrow('--only knows cpu, latency, streams, open, start')
  expect(() => parseOptions(['--fast'])).toThrow('--fast')
})

test('a list of cores is read with its ranges', () => {
  expect(expandList('0-2,5')).toEqual([0, 1, 2, 5])
  expect(expandList('')).toEqual([])
})

test('names in braces are filled in, and others stay', () => {
  expect(fillIn('{home}/bin --port={port} {other}', { home: '/x', port: '80' })).toBe(
    '/x/bin --port=80 {other}',
  )
})
