// Cases of other projects: one prompt as two clients write it, and what another gateway's translator makes of requests,
// answers and errors, whole or in parts. Compared by meaning; where the project decides otherwise, or the source is at
// fault, the deviation is pinned with its reason.

import { afterAll, describe, test } from 'vitest'
import { answerCases } from './support/answer-cases.ts'
import { expectSection, table } from './support/board.ts'
import { requestPairs, translatorRequests, translatorRows } from './support/cases.ts'
import { errorCases } from './support/error-cases.ts'
import { textAt } from './support/json.ts'
import {
  answerDeviations,
  countDeviations,
  embeddingDeviations,
  errorDeviations,
  rankingDeviations,
  requestDeviations,
} from './support/judge-cases.ts'
import { openPins, type Pin } from './support/pins.ts'
import { partRequests } from './support/request-parts.ts'
import { shared, skipWord } from './support/shared.ts'
import { isOfTheSource, reasonsOfTheSource } from './support/source-alone.ts'
import { countCases, embeddingCases, rankingCases } from './support/vector-cases.ts'

const pins = openPins('cases')

interface Kind {
  readonly name: string
  readonly cases: readonly { readonly id: string; deviations(): Pin[] }[]
}

function kindOf<Case extends { readonly id: string }>(
  name: string,
  cases: readonly Case[],
  deviations: (one: Case) => Pin[],
): Kind {
  return { name, cases: cases.map(one => ({ id: one.id, deviations: () => deviations(one) })) }
}

const pairs = kindOf('one prompt as two clients write it', requestPairs, requestDeviations)
const translator: readonly Kind[] = [
  kindOf('requests', translatorRequests, requestDeviations),
  kindOf('parts of requests', partRequests, requestDeviations),
  kindOf('answers, and parts of them', answerCases, answerDeviations),
  kindOf('errors', errorCases, errorDeviations),
  kindOf('embeddings', embeddingCases, embeddingDeviations),
  kindOf('rankings', rankingCases, rankingDeviations),
  kindOf('counts of tokens', countCases, countDeviations),
]
const equal = new Map<string, number>()

describe.each([pairs, ...translator])(`$name${skipWord}`, ({ name, cases }) => {
  test.skipIf(cases.length === 0).each(cases)('$id', ({ id, deviations }) => {
    const seen = deviations()
    if (seen.length === 0) equal.set(name, (equal.get(name) ?? 0) + 1)
    pins.check(id, seen)
  })
})

describe.skipIf(shared === null)(`the cases${skipWord}`, () => {
  test('have a reason for every deviation that is pinned', () => {
    pins.checkReasons()
  })

  test('are each run once, or named as of the source alone', () => {
    const run = new Set(translator.flatMap(({ cases }) => cases.map(({ id }) => id)))
    const left = translatorRows.map(row => textAt(row, 'id')).filter(id => !run.has(id))
    if (left.some(id => !isOfTheSource(id)))
      throw new Error(`not judged: ${left.filter(id => !isOfTheSource(id)).join(', ')}`)
  })

  test('are counted as the board says', () => {
    const rows = [pairs, ...translator].map(({ name, cases }) => {
      const same = equal.get(name) ?? 0
      return [name, cases.length, same, cases.length - same]
    })
    const left = translatorRows.length - translator.flatMap(({ cases }) => cases).length
    const unread = `${left} of the ${translatorRows.length} translator cases are of the source alone:`
    const reasons = reasonsOfTheSource.map(({ cases, reason }) => `- ${cases}: ${reason}`)
    expectSection(
      'cases',
      `${table(['cases', 'run', 'equal', 'pinned'], rows)}\n\n${unread}\n\n${reasons.join('\n')}`,
    )
  })
})

afterAll(() => pins.close())
