// What becomes of streams that break after their first content, by the policy of their route; and the lists that are asked
// after failures of a kind.

import type { RescuePolicy } from '../../../src/gateway/route-policy.ts'
import { at, listAt, textAt } from '../../conformance/support/json.ts'
import type { Behaviour } from '../../support/fake-upstream.ts'
import type { Speaker } from '../../support/speakers.ts'
import { answered, broken, type Expectation, failed } from './expectation.ts'
import type { Fallback } from './policy.ts'
import { begunText, filtered, type Opened, type Said, speakStream, tooLong, wholeText } from './speech.ts'
import { allFrames, answer, type Ending, refuse, stream, whole } from './upstreams.ts'

export interface Rescue {
  /** As it stands on the board. */
  readonly name: string
  readonly policy?: RescuePolicy
  readonly fallback?: Fallback
  first(format: Speaker): readonly Behaviour[]
  /** The format of the first upstream, where one alone can say such a thing; else all are tried. */
  readonly firstSpeaks?: Speaker
  /** Client formats that do not see what is said; for those it is another case. */
  readonly unseenBy?: readonly Speaker[]
  readonly second: Second | null
  readonly expected: Expectation
}

/** Another upstream that stands beside the first. */
export interface Second {
  readonly format: Speaker
  readonly behaviours: readonly Behaviour[]
}

function cutBy(ending: Ending, said: Said = {}): Rescue['first'] {
  return format => {
    const { opening, pieces } = speakStream(format, said)
    return [stream(format, [...opening, ...pieces.slice(0, 2).flat()], { ending })]
  }
}

function failing(format: Speaker): readonly Behaviour[] {
  const { opening, pieces, lastFrame } = speakStream(format, {
    pieces: [begunText.slice(0, 7), begunText.slice(7)],
    fails: true,
  })
  return [stream(format, [...opening, ...pieces.flat(), lastFrame])]
}

const prefilling: Speaker = 'anthropic-messages'
const starting: Speaker = 'openai-chat'

/** A model that goes on from a partial answer. */
const goingOn: Second = {
  format: prefilling,
  behaviours: [
    (request, response) => {
      const body: unknown = JSON.parse(request.body.toString())
      const rest = wholeText.slice(prefillOf(body).length)
      return stream(prefilling, allFrames(speakStream(prefilling, { pieces: [rest] })))(request, response)
    },
  ],
}

/** What the last message of the assistant says, where it is the last of all. */
function prefillOf(body: unknown): string {
  const last = listAt(body, 'messages').at(-1)
  if (textAt(last, 'role') !== 'assistant') return ''
  const content = at(last, 'content')
  return typeof content === 'string' ? content : textAt(content, 0, 'text')
}

const refusal = { type: 'error', error: { type: 'invalid_request_error', message: 'No prefill, please.' } }

/** A model that refuses to go on, and answers all else. */
const unwilling: Second = {
  format: prefilling,
  behaviours: [
    (request, response) => {
      const given = prefillOf(JSON.parse(request.body.toString()))
      const answering =
        given === '' ? answer({ format: prefilling, streamed: true }) : whole(refusal, { status: 400 })
      return answering(request, response)
    },
  ],
}

const startingAnew: Second = { format: starting, behaviours: [answer({ format: starting, streamed: true })] }

const diverging: Second = {
  format: starting,
  behaviours: [answer({ format: starting, streamed: true }, { pieces: ['Nothing ', 'is ', 'well.'] })],
}

const failingToo: Second = {
  format: starting,
  behaviours: [refuse({ format: starting, streamed: true }, 500)],
}

const preamble: Opened = { opening: { type: 'text' }, text: 'I look it up.' }

const callBegun: Said = {
  before: [preamble],
  opening: { type: 'tool_call', id: 'call_paris0001', name: 'get_weather' },
  pieces: ['{"city"', ':"Par', 'is"}'],
}

const signedThought: Said = {
  before: [{ opening: { type: 'reasoning' }, text: 'Let me see.', signature: 'c2lnbmVk' }],
}

const rescued = { rescue: true } as const

const goesOn = answered({ first: ['upstream_truncated'], second: ['ok'] }, { ...rescued, prefills: 1 })
const startsAnew = answered({ first: ['upstream_truncated'], second: ['ok'] }, rescued)
const stays = broken({ first: ['upstream_truncated'] })

function triedInVain(second: Expectation['calls']['second'], prefills = 0): Expectation {
  return broken(
    { first: ['upstream_truncated'], ...(second !== undefined && { second }) },
    { ...rescued, code: 'upstream_truncated', prefills },
  )
}

const going: readonly Rescue[] = [
  {
    name: '`continue`, cut',
    policy: 'continue',
    first: cutBy('cut'),
    second: goingOn,
    expected: goesOn,
  },
  {
    name: '`continue`, ends without an end marker',
    policy: 'continue',
    first: cutBy('end'),
    second: goingOn,
    expected: goesOn,
  },
  {
    name: '`continue`, silent from the middle on',
    policy: 'continue',
    first: cutBy('stall'),
    second: goingOn,
    expected: answered({ first: ['upstream_timeout'], second: ['ok'] }, { ...rescued, prefills: 1 }),
  },
  {
    name: '`continue`, an error event in the middle',
    policy: 'continue',
    first: failing,
    second: goingOn,
    expected: answered({ first: ['upstream_error'], second: ['ok'] }, { ...rescued, prefills: 1 }),
  },
  {
    name: '`continue`, the next model is not known to go on',
    policy: 'continue',
    first: cutBy('cut'),
    second: startingAnew,
    expected: stays,
  },
  {
    name: '`continue`, the next model refuses to go on',
    policy: 'continue',
    first: cutBy('cut'),
    second: unwilling,
    expected: triedInVain(['upstream_invalid_request'], 1),
  },
]

const anew: readonly Rescue[] = [
  {
    name: '`restart`, the next model says the same',
    policy: 'restart',
    first: cutBy('cut'),
    second: startingAnew,
    expected: startsAnew,
  },
  {
    name: '`restart`, the next model says something else',
    policy: 'restart',
    first: cutBy('cut'),
    second: diverging,
    expected: triedInVain(['upstream_diverged']),
  },
]

const automatic: readonly Rescue[] = [
  {
    name: '`auto`, the next model goes on',
    policy: 'auto',
    first: cutBy('cut'),
    second: goingOn,
    expected: goesOn,
  },
  {
    name: '`auto`, the next model is not known to go on',
    policy: 'auto',
    first: cutBy('cut'),
    second: startingAnew,
    expected: startsAnew,
  },
  {
    name: '`auto`, the next model refuses to go on',
    policy: 'auto',
    first: cutBy('cut'),
    second: unwilling,
    expected: answered(
      { first: ['upstream_truncated'], second: ['upstream_invalid_request', 'ok'] },
      { ...rescued, prefills: 1 },
    ),
  },
  {
    name: '`auto`, the next model says something else',
    policy: 'auto',
    first: cutBy('cut'),
    second: diverging,
    expected: triedInVain(['upstream_diverged']),
  },
  {
    name: '`auto`, the next upstream fails too',
    policy: 'auto',
    first: cutBy('cut'),
    second: failingToo,
    expected: triedInVain(['upstream_error', 'upstream_error', 'upstream_error']),
  },
  {
    name: '`auto`, there is no other upstream',
    policy: 'auto',
    first: cutBy('cut'),
    second: null,
    expected: stays,
  },
  {
    name: '`auto`, a tool call had begun',
    policy: 'auto',
    first: cutBy('cut', callBegun),
    firstSpeaks: 'openai-chat',
    // They get calls whole.
    unseenBy: ['gemini', 'ollama-chat'],
    second: goingOn,
    expected: stays,
  },
  {
    name: '`auto`, a signed thought had been sent',
    policy: 'auto',
    first: cutBy('cut', signedThought),
    firstSpeaks: 'anthropic-messages',
    // They have no place for the signature of another vendor.
    unseenBy: ['gemini', 'cohere-chat', 'ollama-chat'],
    second: goingOn,
    expected: stays,
  },
]

const others: readonly Rescue[] = [
  {
    name: '`buffer`, cut',
    policy: 'buffer',
    first: cutBy('cut'),
    second: startingAnew,
    expected: answered({ first: ['upstream_truncated', 'upstream_truncated'], second: ['ok'] }),
  },
  {
    name: '`buffer`, silent from the middle on',
    policy: 'buffer',
    first: cutBy('stall'),
    second: startingAnew,
    expected: answered({ first: ['upstream_timeout'], second: ['ok'] }),
  },
  {
    name: '`error`, cut',
    policy: 'error',
    first: cutBy('cut'),
    second: goingOn,
    expected: stays,
  },
  {
    name: 'a list for prompts that are too long',
    fallback: 'context_length',
    first: format => [whole(tooLong[format], { status: 400 })],
    second: startingAnew,
    expected: answered({ first: ['context_length_exceeded'], second: ['ok'] }),
  },
  {
    name: 'a list for refusals of a content filter',
    fallback: 'content_filter',
    first: format => [whole(filtered[format]?.body ?? {}, { status: filtered[format]?.status ?? 400 })],
    firstSpeaks: 'openai-chat',
    second: goingOn,
    expected: answered({ first: ['content_filter'], second: ['ok'] }),
  },
  {
    name: 'a list for refusals does not help against a failure',
    fallback: 'content_filter',
    first: format => [refuse({ format, streamed: true }, 503)],
    firstSpeaks: 'openai-chat',
    second: goingOn,
    expected: failed({ first: ['upstream_overloaded', 'upstream_overloaded', 'upstream_overloaded'] }),
  },
]

export const rescues: readonly Rescue[] = [...going, ...anew, ...automatic, ...others]
