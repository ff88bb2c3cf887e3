import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import type { LogDestination } from './log-destination.ts'
import { createLogFile } from './log-file.ts'

/** A disk that takes so many bytes of each write, or fails. */
function createTestDisk() {
  const disk = {
    text: '',
    writes: 0,
    closed: false,
    takes: Number.POSITIVE_INFINITY,
    fault: null as NodeJS.ErrnoException | null,
    pending: [] as Array<() => void>,
    /** Finishes writes that wait; writes that these start wait in turn. */
    settle(rounds = 50) {
      for (let round = 0; round < rounds && disk.pending.length > 0; round++) disk.pending.shift()?.()
    },
  }
  const destination: LogDestination = {
    prepare: () => {},
    write(bytes, done) {
      disk.writes++
      disk.pending.push(() => {
        if (disk.fault !== null) return done(disk.fault, 0)
        const written = Math.min(bytes.length, disk.takes)
        disk.text += bytes.toString('utf8', 0, written)
        done(null, written)
      })
    },
    writeNow(bytes) {
      if (disk.fault !== null) throw disk.fault
      disk.text += bytes.toString()
    },
    close: () => {
      disk.closed = true
    },
  }
  return { disk, files: { open: () => destination } }
}

function setUp() {
  const clock = createManualClock()
  const { disk, files } = createTestDisk()
  const file = createLogFile({
    path: 'x.log',
    maxBytes: 1e9,
    maxFiles: 2,
    clock,
    files,
    describeDropped: lines => `dropped ${lines}\n`,
  })
  return { clock, disk, file }
}

function diskFull(): NodeJS.ErrnoException {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
}

test('many lines go out in one write, and 64 kB without waiting', () => {
  const { clock, disk, file } = setUp()
  for (let index = 0; index < 100; index++) file.append(`${index}\n`)
  expect(disk.writes).toBe(0)
  clock.advance(100)
  expect(disk.writes).toBe(1)
  disk.settle()
  for (let index = 0; index < 70; index++) file.append(`${'y'.repeat(1_000)}\n`)
  expect(disk.writes).toBe(2)
})

test('one write at a time: lines stay in order whatever part a write takes', () => {
  const steps = fc.array(fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom(1, 2, 3)), { maxLength: 60 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 50 }), (script, takes) => {
      const { clock, disk, file } = setUp()
      disk.takes = takes
      let expected = ''
      for (const step of script) {
        if (step === 1) clock.advance(100)
        else if (step === 2) disk.settle(1)
        else if (step === 3) file.hurry()
        else {
          file.append(`${step}\n`)
          expected += `${step}\n`
        }
        expect(disk.pending.length).toBeLessThanOrEqual(1)
      }
      void file.close()
      disk.takes = Number.POSITIVE_INFINITY
      disk.settle()
      expect(disk.text).toBe(Buffer.from(expected).toString())
      expect(disk.closed).toBe(true)
    }),
  )
})

test('on a full disk memory is bounded, and the loss is told when there is room again', () => {
  const { clock, disk, file } = setUp()
  disk.fault = diskFull()
  file.append('first\n')
  clock.advance(100)
  disk.settle()
  for (let index = 0; index < 6_000; index++) file.append(`${'z'.repeat(1_023)}\n`)
  const lost = file.dropped()
  expect(lost).toBeGreaterThan(1_800)
  expect(lost).toBeLessThan(2_000)
  disk.fault = null
  clock.advance(1_000)
  disk.settle()
  clock.advance(100)
  disk.settle()
  expect(disk.text.startsWith('first\nzzz')).toBe(true)
  expect(disk.text).toContain(`dropped ${lost}\n`)
  expect(disk.text.split('\n')).toHaveLength(1 + (6_000 - lost) + 1 + 1)
  file.append('later\n')
  clock.advance(100)
  disk.settle()
  expect(disk.text.endsWith('later\n')).toBe(true)
})

test('a slow pipe is asked again soon', () => {
  const { clock, disk, file } = setUp()
  disk.fault = Object.assign(new Error('busy'), { code: 'EAGAIN' })
  file.append('a\n')
  clock.advance(100)
  disk.settle()
  disk.fault = null
  clock.advance(10)
  disk.settle()
  expect(disk.text).toBe('a\n')
})

test('closing on a full disk gives up and ends', async () => {
  const { clock, disk, file } = setUp()
  disk.fault = diskFull()
  file.append('a\n')
  clock.advance(100)
  disk.settle()
  const closing = file.close()
  disk.settle()
  await closing
  expect(disk.closed).toBe(true)
})

test('flushing on a full disk does not throw', () => {
  const { disk, file } = setUp()
  disk.fault = diskFull()
  file.append('a\n')
  expect(() => file.flush()).not.toThrow()
})
