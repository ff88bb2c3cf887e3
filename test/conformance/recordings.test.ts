// Every recorded answer of every provider through every client format: the client reads what a native client of the
// provider read, however the bytes are cut, and what it gets obeys the format.

import { afterAll, describe, test } from 'vitest'
import { formats } from '../../src/formats/index.ts'
import { readers } from './readers/index.ts'
import { problemsOfAnswer, problemsOfStream } from './schemas/validate.ts'
import { expectSection, share, table } from './support/board.ts'
import { chunkings } from './support/chunkings.ts'
import { compareReadings, type Deviation } from './support/compare.ts'
import { expectationOf, expectedFailure } from './support/expectations.ts'
import { rules } from './support/normalise.ts'
import { brief, openPins, type Pin } from './support/pins.ts'
import type { Reader, Reading } from './support/reading.ts'
import { type Recording, readRecording, recordings } from './support/recordings.ts'
import { canPass, clientFormats, type Outcome, passAnswer, passStream } from './support/seam.ts'
import { skipWord } from './support/shared.ts'

const pins = openPins('recordings')
const answers = recordings.filter(({ status }) => status < 400)
const clients = clientFormats.filter(client => formats[client] !== undefined)

interface Tally {
  all: number
  equal: number
  faulty: number
  validated: number
}
const tallies = new Map(clients.map(client => [client, { all: 0, equal: 0, faulty: 0, validated: 0 }]))

function clientsOf({ format }: Recording): readonly string[] {
  return clients.filter(client => canPass(format, client))
}

function outcomes(recording: Recording, client: string): readonly Outcome[] {
  const bytes = readRecording(recording)
  if (!recording.streamed) return [passAnswer(bytes, recording.format, client)]
  return chunkings.map(({ cut }) => passStream(cut(bytes, recording.format), recording.format, client))
}

function readOutcome({ bytes, failure }: Outcome, reader: Reader, streamed: boolean): Reading | null {
  if (bytes.length === 0 || (failure !== null && !streamed)) return null
  return streamed ? reader.readStream(bytes) : reader.readAnswer(JSON.parse(bytes.toString()))
}

function deviationsOf(recording: Recording, client: string): Deviation[] {
  const expectation = expectationOf(recording, client)
  const all = outcomes(recording, client)
  // A failure in the same chunk as the first content leaves nothing of it: the attempt can be made elsewhere.
  const [first, ...others] = all.toSorted((left, right) => right.bytes.length - left.bytes.length)
  const reader = readers[client]
  if (first === undefined || reader === undefined) throw new Error(`There is no reader of ${client}.`)
  const cuts = others.filter(other => !sameOutcome(first, other))
  const found: Deviation[] = cuts.length === 0 ? [] : [{ field: 'cuts', expected: 0, got: cuts.length }]
  const failure = first.failure?.code ?? null
  const expectedCode = expectedFailure(recording)
  const reading = readOutcome(first, reader, recording.streamed)
  if (failure !== expectedCode && (expectedCode !== null || expectation?.reading.error === null))
    found.push({ field: 'failure', expected: expectedCode, got: failure })
  if (reading === null) return found
  if (expectation === null && failure !== null) return found
  if (expectation === null) found.push({ field: 'reading', expected: null, got: brief(reading) })
  else found.push(...compareReadings(expectation.reading, reading, client))
  if (client !== recording.format) found.push(...problemsOf(first, recording, client))
  return found
}

function sameOutcome(first: Outcome, other: Outcome): boolean {
  if (first.failure?.code !== other.failure?.code) return false
  return other.bytes.equals(first.bytes) || (first.failure !== null && other.bytes.length === 0)
}

function problemsOf({ bytes }: Outcome, { streamed }: Recording, client: string): Deviation[] {
  const tally = tallies.get(client)
  if (tally !== undefined) tally.validated++
  const problems = streamed
    ? problemsOfStream(client, bytes)
    : problemsOfAnswer(client, JSON.parse(bytes.toString()))
  return problems.map(problem => ({ field: 'schema', expected: 'none', got: problem }))
}

/** One pin for all clients that see the same. */
function pinsOf(recording: Recording): Pin[] {
  const seen = clientsOf(recording).map(client => {
    const deviations = deviationsOf(recording, client)
    count(client, deviations)
    return { client, deviations }
  })
  const all = seen.flatMap(({ client, deviations }) =>
    deviations.map(({ field, expected, got }) => ({
      client,
      field,
      expected: brief(expected),
      got: brief(got),
    })),
  )
  const groups = Map.groupBy(all, ({ field, expected, got }) => JSON.stringify([field, expected, got]))
  return [...groups.values()].flatMap(group => {
    const [{ field, expected, got } = { field: '', expected: null, got: null }] = group
    return { key: recording.file, clients: group.map(({ client }) => client), field, expected, got }
  })
}

function count(client: string, deviations: readonly Deviation[]): void {
  const tally = tallies.get(client) as Tally
  const faults = deviations.filter(({ field }) => field === 'schema').length
  tally.all++
  if (deviations.length === faults) tally.equal++
  if (faults > 0) tally.faulty++
}

describe.skipIf(answers.length === 0)(`recorded answers, in every client's format${skipWord}`, () => {
  test.each(answers)('$file', recording => {
    const seen = pinsOf(recording)
    pins.check(recording.file, seen)
  })

  test('every deviation that is pinned has its reason', () => {
    pins.checkReasons()
  })

  test('the shares are as the board says', () => {
    const rows = clients.map(client => {
      const { all, equal, validated, faulty } = tallies.get(client) as Tally
      return [`\`${client}\``, all, equal, share(equal, all), validated, faulty]
    })
    const head = ['client format', 'answers', 'equal', 'share', 'held to a schema', 'at fault there']
    const nature = rules.map(({ clients: of, reason }) => `- ${of.join(', ')}: ${reason}.`)
    expectSection('recordings', [table(head, rows), '', ...nature].join('\n'))
  })

  afterAll(() => pins.close())
})
