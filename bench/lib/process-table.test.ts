import { expect, test } from 'vitest'
import { parseMachineStat } from './others.ts'
import { parseProcessStat, parseResidentKb } from './process-table.ts'

test('the times of a process are found behind a name with spaces and parentheses', () => {
  const stat =
    '42 (a (b) c) S 7 42 42 0 -1 4194560 100 200 0 0 11 12 13 14 20 0 11 0 100 1000 50 18446744073709551615'
  expect(parseProcessStat(stat)).toEqual({ parent: 7, ticks: 11 + 12 + 13 + 14 })
})

test('resident memory is read, and none is taken for none', () => {
  expect(parseResidentKb('Name:\tnode\nVmRSS:\t   12345 kB\nRssAnon:\t 1 kB\n')).toBe(12_345)
  expect(parseResidentKb('Name:\tzombie\n')).toBe(0)
})

test('the machine is busy with all but idling and waiting', () => {
  expect(parseMachineStat('cpu  10 20 30 400 50 6 7 8 0 0\ncpu0 1 2 3\n')).toEqual({ busy: 81, all: 531 })
})
