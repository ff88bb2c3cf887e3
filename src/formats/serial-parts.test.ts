import fc from 'fast-check'
import { expect, test } from 'vitest'
import { legalEvents } from './events.fixture.ts'
import { type PartEvent, SerialParts } from './serial-parts.ts'

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
