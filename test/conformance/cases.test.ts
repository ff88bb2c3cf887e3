// Cases of other projects: one prompt as two clients write it, a translator's whole requests and answers, and parts of
// requests that have to be accepted or refused. Compared by meaning; where the project decides otherwise, or the source
// is at fault, the deviation is pinned with its reason.

import { afterAll, describe, test } from 'vitest'
import { adaptConversation } from '../../src/conversation/adapt.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { GatewayError } from '../../src/errors.ts'
import { findProvider } from '../../src/providers/index.ts'
import { openAiChatReader } from './readers/openai-chat.ts'
import { expectSection, table } from './support/board.ts'
import {
  type AnswerCase,
  type RequestCase,
  requestPairs,
  type ShapeCase,
  shapeCases,
  shapeCount,
  translatorAnswers,
  translatorCount,
  translatorRequests,
} from './support/cases.ts'
import { compareReadings } from './support/compare.ts'
import type { Json } from './support/json.ts'
import { wholeMeaningOf } from './support/meaning.ts'
import { brief, openPins, type Pin } from './support/pins.ts'
import { chatOf, formatOf, passAnswer, targetOf } from './support/seam.ts'
import { shared, skipWord } from './support/shared.ts'

const pins = openPins('cases')
const tallies = new Map<string, { run: number; equal: number }>()

afterAll(() => pins.close())

function judge(kind: string, key: string, seen: readonly Pin[]): void {
  const tally = tallies.get(kind) ?? { run: 0, equal: 0 }
  tallies.set(kind, tally)
  tally.run++
  if (seen.length === 0) tally.equal++
  pins.check(key, seen)
}

function decode(format: string, body: Json, { model, streaming }: RequestCase): Conversation {
  const address = { model, streaming }
  formatOf(format).checkRequest(body, address)
  return chatOf(format).decodeRequest(body, address)
}

function requestDeviations(one: RequestCase): Pin[] {
  const { id, client, upstream, vendor, model, asked, expected } = one
  const quirks = findProvider(vendor)?.quirks ?? {}
  const target = { ...targetOf(upstream, model), quirks }
  try {
    const conversation = decode(client, asked, one)
    const adapted = adaptConversation(conversation, chatOf(upstream).abilities(target)).conversation
    const { body } = chatOf(upstream).encodeRequest(adapted, target)
    if (expected === null) return []
    const [wanted, got] = [expected, JSON.parse(JSON.stringify(body)) as Json].map(native =>
      wholeMeaningOf(decode(upstream, withModel(native, model), one)),
    )
    return differences(id, wanted ?? {}, got ?? {})
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    if (expected === null) return []
    return [
      { key: id, field: 'refused', expected: null, got: `${thrown.code} ${thrown.param}: ${thrown.message}` },
    ]
  }
}

function withModel(body: Json, model: string): Json {
  return 'model' in body ? body : { model, ...body }
}

function differences(key: string, wanted: Json, got: Json): Pin[] {
  return Object.keys(wanted)
    .filter(field => JSON.stringify(wanted[field]) !== JSON.stringify(got[field]))
    .map(field => ({ key, field, expected: brief(wanted[field]), got: brief(got[field]) }))
}

function answerDeviations({ id, upstream, answered, expected }: AnswerCase): Pin[] {
  const { bytes, failure } = passAnswer(Buffer.from(JSON.stringify(answered)), upstream, 'openai-chat')
  if (failure !== null) return [{ key: id, field: 'failure', expected: null, got: failure.code }]
  const read = openAiChatReader.readAnswer(JSON.parse(bytes.toString()))
  return compareReadings(openAiChatReader.readAnswer(expected), read, 'openai-chat').map(
    ({ field, expected: wanted, got }) => ({ key: id, field, expected: brief(wanted), got: brief(got) }),
  )
}

function shapeDeviations({ id, client, body, accepted }: ShapeCase): Pin[] {
  let got = 'accepted'
  try {
    const address = { model: 'a-model', streaming: false }
    formatOf(client).checkRequest(body, address)
    // What cannot be translated may still be passed on to a provider that speaks the format.
    if (!accepted) chatOf(client).decodeRequest(body, address)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    got = `refused: ${thrown.param}`
  }
  const expected = accepted ? 'accepted' : 'refused'
  return got.startsWith(expected) ? [] : [{ key: id, field: 'shape', expected, got }]
}

describe.skipIf(shared === null)(`one prompt as two clients write it${skipWord}`, () => {
  test.each(requestPairs)('$id', one => judge('request pairs', one.id, requestDeviations(one)))
})

describe.skipIf(shared === null)(`another gateway's requests${skipWord}`, () => {
  test.each(translatorRequests)('$id', one => judge('translator requests', one.id, requestDeviations(one)))
})

describe.skipIf(shared === null)(`another gateway's answers${skipWord}`, () => {
  test.each(translatorAnswers)('$id', one => judge('translator answers', one.id, answerDeviations(one)))
})

describe.skipIf(shared === null)(`shapes that are accepted or refused${skipWord}`, () => {
  test.each(shapeCases)('$id', one => judge('request shapes', one.id, shapeDeviations(one)))
})

describe.skipIf(shared === null)(`the cases${skipWord}`, () => {
  test('have a reason for every deviation that is pinned', () => {
    pins.checkReasons()
  })

  test('are counted as the board says', () => {
    const all: Readonly<Record<string, number>> = {
      'request pairs': requestPairs.length,
      'translator requests': translatorRequests.length,
      'translator answers': translatorAnswers.length,
      'request shapes': shapeCases.length,
    }
    const rows = [...tallies].map(([kind, { run, equal }]) => [kind, all[kind] ?? 0, equal, run - equal])
    const left = translatorCount - translatorRequests.length - translatorAnswers.length
    const unread = [
      `${left} translator cases and ${shapeCount - shapeCases.length} shapes are of functions within the source, or of`,
      'operations that are not conversations: they are not put here.',
    ]
    expectSection('cases', `${table(['cases', 'run', 'equal', 'pinned'], rows)}\n\n${unread.join('\n')}`)
  })
})
