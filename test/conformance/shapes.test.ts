// Parts of requests, answers and streams that another gateway's tests accept or refuse: ours takes what has to be taken,
// and says what is wrong with the rest. Where it is more lenient or stricter on purpose, that is pinned with its reason.

import { afterAll, describe, test } from 'vitest'
import { expectSection, table } from './support/board.ts'
import { textAt } from './support/json.ts'
import { shapeDeviations } from './support/judge-shapes.ts'
import { openPins } from './support/pins.ts'
import { isUnwritten, shapeCases, shapeRows } from './support/shapes.ts'
import { shared, skipWord } from './support/shared.ts'
import { reasonsOfFunctions } from './support/source-functions.ts'

const pins = openPins('shapes')
const tallies = new Map<string, { run: number; equal: number }>()

function tallyOf(name: string): { run: number; equal: number } {
  const tally = tallies.get(name) ?? { run: 0, equal: 0 }
  tallies.set(name, tally)
  return tally
}

describe.skipIf(shared === null)(`shapes that are accepted or refused${skipWord}`, () => {
  test.each(shapeCases)('$id', one => {
    const seen = shapeDeviations(one)
    const tally = tallyOf(`${one.side}s of \`${one.format}\``)
    tally.run++
    if (seen.length === 0) tally.equal++
    pins.check(one.id, seen)
  })

  test('every deviation that is pinned has its reason', () => {
    pins.checkReasons()
  })

  test('every row is run once, or named as of the source alone', () => {
    const run = new Set(shapeCases.map(({ id }) => id))
    const left = shapeRows.flatMap((row, index) => {
      const name = textAt(row, 'func')
      const isRun = run.has(`${name} ${textAt(row, 'name')} (${index})`)
      return isRun || isUnwritten(row) || reasonOf(name) !== undefined ? [] : `${name} (${index})`
    })
    if (left.length > 0) throw new Error(`not judged: ${left.join(', ')}`)
  })

  test('the counts are as the board says', () => {
    const rows = [...tallies]
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([name, { run, equal }]) => [name, run, equal, run - equal])
    expectSection('shapes', `${table(['shapes', 'run', 'equal', 'pinned'], rows)}\n\n${wordsOfRest()}`)
  })
})

function reasonOf(name: string): string | undefined {
  return reasonsOfFunctions.find(({ functions }) => functions.includes(name))?.reason
}

function wordsOfRest(): string {
  const unwritten = shapeRows.filter(isUnwritten).length
  const left = shapeRows.filter(row => !isUnwritten(row)).map(row => textAt(row, 'func'))
  const lines = reasonsOfFunctions.map(({ functions, reason }) => {
    const count = left.filter(name => functions.includes(name)).length
    return `- ${count} in ${functions.map(name => `\`${name}\``).join(', ')}: ${reason}.`
  })
  return [
    `${shapeRows.length - shapeCases.length} of the ${shapeRows.length} rows are of the source alone:`,
    '',
    `- ${unwritten} that are to be written and hold nothing: there is no JSON of them.`,
    ...lines,
  ].join('\n')
}

afterAll(() => pins.close())
