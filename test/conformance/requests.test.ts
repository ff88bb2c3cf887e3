// Every recorded request, written for an upstream of every other format: what is sent obeys the schema of that format, or
// the request is refused by the name of what cannot be said.

import { readFileSync } from 'node:fs'
import { afterAll, describe, test } from 'vitest'
import { adaptConversation } from '../../src/conversation/adapt.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { mendHistory } from '../../src/conversation/mend-history.ts'
import { GatewayError } from '../../src/errors.ts'
import { problemsOfRequest } from './schemas/validate.ts'
import { expectSection, table } from './support/board.ts'
import type { Json } from './support/json.ts'
import { brief, openPins, type Pin } from './support/pins.ts'
import { type Recording, recordings } from './support/recordings.ts'
import { canChat, chatFormats, chatOf, formatOf, targetOf } from './support/seam.ts'
import { sharedPath, skipWord } from './support/shared.ts'

const pins = openPins('requests')
const asked = recordings.filter(
  ({ requestFile, format, status }) => requestFile !== null && status < 400 && canChat(format),
)
const upstreams = chatFormats.filter(canChat)
const tallies = new Map(upstreams.map(upstream => [upstream, { sent: 0, refused: 0 }]))

afterAll(() => pins.close())

function decode({ requestFile, format, streamed }: Recording): Conversation {
  const body = JSON.parse(readFileSync(sharedPath('fixtures', requestFile ?? ''), 'utf8')) as Json
  const address = { model: 'a-model', streaming: streamed }
  formatOf(format).checkRequest(body, address)
  return mendHistory(chatOf(format).decodeRequest(body, address))
}

/** What is wrong with the request; a refusal of what the upstream lacks is right. */
function problemsAt(upstream: (typeof upstreams)[number], conversation: Conversation): string[] {
  const tally = tallies.get(upstream) ?? { sent: 0, refused: 0 }
  const chat = chatOf(upstream)
  const target = targetOf(upstream)
  try {
    const adapted = adaptConversation(conversation, chat.abilities(target)).conversation
    const { body } = chat.encodeRequest(adapted, target)
    tally.sent++
    return problemsOfRequest(upstream, JSON.parse(JSON.stringify(body)))
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code === 'internal_error') throw thrown
    tally.refused++
    return []
  }
}

function pinsOf(recording: Recording): Pin[] {
  const key = recording.requestFile ?? ''
  let conversation: Conversation
  try {
    conversation = decode(recording)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return [{ key, field: 'read', expected: null, got: brief(thrown.message) }]
  }
  return upstreams
    .filter(upstream => upstream !== recording.format)
    .flatMap(upstream =>
      problemsAt(upstream, conversation).map(problem => ({
        key,
        clients: [upstream],
        field: 'schema',
        expected: 'none',
        got: brief(problem),
      })),
    )
}

describe.skipIf(asked.length === 0)(`recorded requests, for every upstream${skipWord}`, () => {
  test.each(asked)('$requestFile', recording => {
    const seen = pinsOf(recording)
    pins.check(recording.requestFile ?? '', seen)
  })

  test('every deviation that is pinned has its reason', () => {
    pins.checkReasons()
  })

  test('the counts are as the board says', () => {
    const rows = [...tallies].map(([upstream, { sent, refused }]) => [`\`${upstream}\``, sent, refused])
    expectSection('requests', table(['upstream format', 'sent', 'refused by name'], rows))
  })
})
