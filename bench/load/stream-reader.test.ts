import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openAiEndMark } from '../requests/marks.ts'
import { contentEvent, streamHead, streamTail } from '../upstream/answers.ts'
import { createStreamReader } from './stream-reader.ts'

const chunks = 20
const stream = Buffer.concat([
  streamHead,
  ...Array.from({ length: chunks - 1 }, (_, index) => contentEvent(index + 1)),
  streamTail({ chunks, withUsage: true }),
])
// Role, contents, end, usage, end mark.
const events = 1 + chunks + 3

test('events, first content and end are found wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length)), cuts => {
      const reader = createStreamReader(openAiEndMark)
      const places = [...cuts.toSorted((a, b) => a - b), stream.length]
      let from = 0
      for (const to of places) {
        reader.read(stream.subarray(from, to))
        from = to
      }
      expect(reader.events).toBe(events)
      expect(reader.hasContent).toBe(true)
      expect(reader.isComplete).toBe(true)
    }),
  )
})

test('a stream is neither begun by its role nor complete without its end mark', () => {
  const reader = createStreamReader(openAiEndMark)
  reader.read(streamHead.subarray(0, streamHead.indexOf('\n\n') + 2))
  expect(reader.hasContent).toBe(false)
  reader.read(contentEvent(0))
  expect(reader.hasContent).toBe(true)
  expect(reader.arrivals).toBe(2)
  expect(reader.isComplete).toBe(false)
})
