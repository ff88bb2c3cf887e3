// Every recorded answer of every provider through the whole gateway, from socket to socket: a client of each format gets
// byte for byte what the translation without sockets gives, but for ids and times.

import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import { listEndpoints } from '../../src/endpoints/index.ts'
import { formats } from '../../src/formats/index.ts'
import { readers } from './readers/index.ts'
import { expectSection, table } from './support/board.ts'
import { compareReadings } from './support/compare.ts'
import { expectationOf, expectedFailure } from './support/expectations.ts'
import { brief, openPins, type Pin } from './support/pins.ts'
import { type Recording, readRecording, recordings } from './support/recordings.ts'
import { type Answered, type ScriptedGateway, startScriptedGateway } from './support/scripted-gateway.ts'
import { canPass, clientFormats, formatOf } from './support/seam.ts'
import { skipWord } from './support/shared.ts'

vi.mock('../../src/providers/index.ts', async importOriginal => {
  const { withSpeakingProviders } = await import('./support/speaking-providers.ts')
  return withSpeakingProviders(await importOriginal())
})

const pins = openPins('sockets')
const served = new Set(listEndpoints(formats).map(({ format }) => format.name))
const clients = clientFormats.filter(client => served.has(client))
const all = recordings.filter(({ format }) => canPass(format, format))
const counts = new Map(clients.map(client => [client, { answers: 0, streams: 0, errors: 0 }]))

let gateway: ScriptedGateway

function modelOf(recording: Recording): string {
  return `recording-${all.indexOf(recording)}`
}

beforeAll(async () => {
  if (all.length === 0) return
  gateway = await startScriptedGateway({
    models: format => all.filter(recording => recording.format === format).map(modelOf),
    answer(model) {
      const recording = all[Number(model.split('-')[1])]
      if (recording === undefined) throw new Error(`There is no recording ${model}.`)
      const { status, streamed, format } = recording
      const contentType = streamed && status < 400 ? formatOf(format).framing.contentType : 'application/json'
      return { status, contentType, bytes: readRecording(recording) }
    },
  })
}, 60_000)

afterAll(async () => {
  pins.close()
  if (all.length > 0) await gateway.stop()
})

function clientsOf({ format }: Recording): readonly string[] {
  return clients.filter(client => canPass(format, client))
}

async function pinsOf(recording: Recording): Promise<Pin[]> {
  const found: Pin[] = []
  for (const client of clientsOf(recording)) {
    const answered = await gateway.send(client, {
      model: modelOf(recording),
      streaming: recording.streamed,
    })
    const tally = counts.get(client)
    if (tally !== undefined) tally[kindOf(recording)]++
    for (const [field, expected, got] of deviationsOf(recording, client, answered))
      found.push({
        key: recording.file,
        clients: [client],
        field,
        expected: brief(expected),
        got: brief(got),
      })
  }
  return found
}

function kindOf({ status, streamed }: Recording): 'answers' | 'streams' | 'errors' {
  if (status >= 400) return 'errors'
  return streamed ? 'streams' : 'answers'
}

type Deviation = readonly [field: string, expected: unknown, got: unknown]

function deviationsOf(recording: Recording, client: string, { status, bytes, whole }: Answered): Deviation[] {
  const fails = recording.status >= 400 || expectedFailure(recording) !== null
  if (!whole) return [['connection', 'whole', 'broken']]
  if (fails && status >= 400) return []
  const expectation = expectationOf(recording, client)
  // What cannot be read may have begun well.
  if (expectedFailure(recording) === 'upstream_malformed') return []
  if (status !== 200) return (expectation?.reading.error ?? null) === null ? [['status', 200, status]] : []
  const reader = readers[client]
  if (reader === undefined || expectation === null) return [['reading', null, 'something']]
  const read = recording.streamed ? reader.readStream(bytes) : reader.readAnswer(JSON.parse(bytes.toString()))
  return compareReadings(expectation.reading, read, client).map(
    ({ field, expected, got }) => [field, expected, got] as const,
  )
}

describe.skipIf(all.length === 0)(`recordings through the whole gateway${skipWord}`, () => {
  test.each(all)('$file ($status)', async recording => {
    const seen = await pinsOf(recording)
    pins.check(recording.file, seen)
  })

  test('every deviation that is pinned has its reason', () => {
    pins.checkReasons()
  })

  test('the counts are as the board says', () => {
    const rows = [...counts].map(([client, { answers, streams, errors }]) => [
      `\`${client}\``,
      answers,
      streams,
      errors,
    ])
    expectSection('sockets', table(['client format', 'answers', 'streams', 'errors'], rows))
  })
})
