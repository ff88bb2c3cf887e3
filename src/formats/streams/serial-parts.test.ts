import fc from 'fast-check'
import { expect, test } from 'vitest'
import { legalEvents } from '../events.fixture.ts'
import { type PartEvent, SerialLanes, SerialParts } from './serial-parts.ts'

test('however parts overlap, one ends before the next begins, and nothing is lost', () => {
  fc.assert(
    fc.property(legalEvents, events => {
      const parts = events.filter((event): event is PartEvent => 'part' in event && event.choice === 0)
      const passed: PartEvent[] = []
      const serial = new SerialParts(event => passed.push(event))
      for (const event of parts) serial.push(event)
      let open: number | null = null
      for (const event of passed) {
        if (event.type === 'part_start' || event.type === 'part') expect(open).toBeNull()
        else expect(event.part).toBe(open)
        open = event.type === 'part_end' || event.type === 'part' ? null : event.part
      }
      for (const { part } of parts)
        expect(passed.filter(event => event.part === part)).toEqual(
          parts.filter(event => event.part === part),
        )
    }),
  )
})

const place = { choice: 0 } as const
const beginText = (part: number): PartEvent => ({
  type: 'part_start',
  ...place,
  part,
  opening: { type: 'text' },
})
const beginCall = (part: number): PartEvent => ({
  type: 'part_start',
  ...place,
  part,
  opening: { type: 'tool_call', id: 'c', name: 'f' },
})
const delta = (part: number): PartEvent => ({ type: 'part_delta', ...place, part, text: `${part}` })
const end = (part: number): PartEvent => ({ type: 'part_end', ...place, part })

function passLanes(events: readonly PartEvent[]) {
  const passed: PartEvent[] = []
  const lanes = new SerialLanes(
    type => (type === 'text' ? type : null),
    event => passed.push(event),
  )
  for (const event of events) lanes.push(event)
  return { lanes, passed }
}

test('only parts of the same lane wait for one another', () => {
  const { lanes, passed } = passLanes([
    beginText(0),
    beginCall(1),
    beginText(2),
    delta(2),
    delta(1),
    delta(0),
  ])
  expect(passed).toEqual([beginText(0), beginCall(1), delta(1), delta(0)])
  lanes.push(end(0))
  expect(passed.slice(4)).toEqual([end(0), beginText(2), delta(2)])
})

test('what waits passes as far as it has come where no end will come', () => {
  const { lanes, passed } = passLanes([beginText(0), beginText(1), delta(1), delta(0)])
  lanes.release()
  expect(passed).toEqual([beginText(0), delta(0), beginText(1), delta(1)])
})
