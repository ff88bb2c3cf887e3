// The faults, one after the other: what the upstream does, and what is to come of it. A second upstream, where there is
// one, is healthy.

import { type Behaviour, resetConnection } from '../../support/fake-upstream.ts'
import type { Sections } from '../../support/scene.ts'
import type { Speaker } from '../../support/speakers.ts'
import { answered, broken, type Expectation, failed, refused } from './expectation.ts'
import {
  brokenFrame,
  errorBody,
  errorFrame,
  filtered,
  speakStream,
  speakWhole,
  tooLong,
  usage,
  withoutUsage,
  words,
} from './speech.ts'
import type { Toxic } from './toxiproxy.ts'
import {
  allFrames,
  alternate,
  answer,
  half,
  late,
  paused,
  refuse,
  stream,
  trickle,
  type Wanted,
  whole,
} from './upstreams.ts'

/** Without another upstream, and with a healthy one beside it. */
export interface Expectations {
  readonly alone: Expectation
  readonly beside: Expectation
}

/** One client of a format, before an upstream of the same format or of another one. */
export interface Pairing {
  readonly client: Speaker
  readonly upstream: Speaker
}

export interface Fault {
  /** As it stands on the board. */
  readonly name: string
  /** What the faulty upstream does, first in, first out; the last one stays. */
  behave(wanted: Wanted): readonly Behaviour[]
  /** Absent where the fault does not exist for streams. */
  readonly streamed?: Expectations
  /** Absent where it does not exist for whole answers. */
  readonly full?: Expectations
  /** Pairings for which it exists; all where it is left out. */
  exists?(pairing: Pairing): boolean
  /** Nothing listens there. */
  readonly refusesConnections?: true
  /** What the connections to it suffer. */
  readonly toxic?: Toxic
  /** Further sections of the configuration. */
  readonly sections?: Sections
}

/** The timers of the gateway under test, and its further attempts at the same upstream, which are the default. */
export const timers = { connect: '1s', headers: '900ms', first_token: '600ms', idle: '400ms' }
export const totalMs = 4000
const retries = 2

/** For streams and whole answers alike. */
export function both(alone: Expectation, beside: Expectation): Pick<Fault, 'streamed' | 'full'> {
  return { streamed: { alone, beside }, full: { alone, beside } }
}

/** Asked again as often as is allowed where there is nobody else, and once where there is. */
export function triedAgain(
  code: 'upstream_error' | 'upstream_malformed' | 'upstream_truncated',
): Expectations {
  return {
    alone: failed({ first: Array.from({ length: 1 + retries }, () => code) }),
    beside: answered({ first: [code, code], second: ['ok'] }),
  }
}

/** Asked again where there is nobody else; left at once where there is. */
export function leftToOthers(
  code: 'upstream_overloaded' | 'upstream_unreachable',
  noticed?: readonly [number, number],
): Expectations {
  const calls = Array.from({ length: 1 + retries }, () => code)
  const details = noticed === undefined ? {} : { noticed }
  return {
    alone: failed({ first: calls }, details),
    beside: answered({ first: [code], second: ['ok'] }, noticed === undefined ? {} : { noticed: [0, 1] }),
  }
}

export function onlyFirst(expectation: Expectation): Expectations {
  return { alone: expectation, beside: expectation }
}

export const silent: Expectations = {
  alone: failed({ first: ['upstream_timeout'] }),
  beside: answered({ first: ['upstream_timeout'], second: ['ok'] }),
}

function sentTwice({ alone, beside }: Expectations): Pick<Fault, 'streamed' | 'full'> {
  return both({ ...alone, noticed: [2 * (1 + retries), 0] }, { ...beside, noticed: [2, 1] })
}

const limitedAtOnce = answered({ first: ['upstream_rate_limited'], second: ['ok'] })

const limits: readonly Fault[] = [
  {
    name: '429 once, `Retry-After: 1`',
    behave: wanted => [refuse(wanted, 429, { 'retry-after': '1' }), answer(wanted)],
    ...both(answered({ first: ['upstream_rate_limited', 'ok'] }), limitedAtOnce),
  },
  {
    name: '429 once, `Retry-After: 60`',
    behave: wanted => [refuse(wanted, 429, { 'retry-after': '60' }), answer(wanted)],
    ...both(failed({ first: ['upstream_rate_limited'] }), limitedAtOnce),
  },
  {
    name: '429 once, without Retry-After',
    behave: wanted => [refuse(wanted, 429), answer(wanted)],
    ...both(answered({ first: ['upstream_rate_limited', 'ok'] }), limitedAtOnce),
  },
  {
    name: '429 always, `Retry-After-Ms: 100`',
    behave: wanted => [refuse(wanted, 429, { 'retry-after-ms': '100' })],
    ...both(
      failed({ first: Array.from({ length: 1 + retries }, () => 'upstream_rate_limited' as const) }),
      limitedAtOnce,
    ),
  },
]

const statuses: readonly Fault[] = [
  {
    name: '500 once',
    behave: wanted => [refuse(wanted, 500), answer(wanted)],
    ...both(answered({ first: ['upstream_error', 'ok'] }), answered({ first: ['upstream_error', 'ok'] })),
  },
  {
    name: '500 always',
    behave: wanted => [refuse(wanted, 500)],
    streamed: triedAgain('upstream_error'),
    full: triedAgain('upstream_error'),
  },
  {
    name: '503 always',
    behave: wanted => [refuse(wanted, 503)],
    streamed: leftToOthers('upstream_overloaded'),
    full: leftToOthers('upstream_overloaded'),
  },
  {
    name: '529 always',
    behave: wanted => [refuse(wanted, 529)],
    streamed: leftToOthers('upstream_overloaded'),
    full: leftToOthers('upstream_overloaded'),
  },
  {
    name: '500 to every second of three requests',
    behave: wanted => [alternate(refuse(wanted, 500), answer(wanted))],
    ...both(
      answered({ first: ['upstream_error', 'ok'] }, { times: 3 }),
      answered({ first: ['upstream_error', 'ok'] }, { times: 3 }),
    ),
  },
  {
    name: 'the prompt is too long',
    behave: ({ format }) => [whole(tooLong[format], { status: 400 })],
    streamed: onlyFirst(failed({ first: ['context_length_exceeded'] })),
    full: onlyFirst(failed({ first: ['context_length_exceeded'] })),
  },
  {
    name: 'a content filter refuses, by an error',
    behave({ format }) {
      const { status = 400, body = {} } = filtered[format] ?? {}
      return [whole(body, { status })]
    },
    exists: ({ upstream }) => filtered[upstream] !== undefined,
    streamed: onlyFirst(failed({ first: ['content_filter'] })),
    full: onlyFirst(failed({ first: ['content_filter'] })),
  },
  {
    name: 'a content filter refuses, in an answer',
    behave: wanted => [answer(wanted, { finish: 'content_filter' })],
    // Ollama has no filter, and Cohere tells of its own by an error.
    exists: ({ client, upstream }) => ![client, upstream].some(name => /^(ollama|cohere)/.test(name)),
    streamed: onlyFirst(refused({ first: ['ok'] })),
    full: onlyFirst(refused({ first: ['ok'] })),
  },
]

const connections: readonly Fault[] = [
  {
    name: 'nothing listens',
    refusesConnections: true,
    behave: () => [],
    streamed: leftToOthers('upstream_unreachable', [0, 0]),
    full: leftToOthers('upstream_unreachable', [0, 0]),
  },
  {
    name: 'reset before the headers',
    behave: () => [late(300, resetConnection)],
    streamed: leftToOthers('upstream_unreachable'),
    full: leftToOthers('upstream_unreachable'),
  },
  {
    // It passes for the end of an idle connection: the request is sent again, and nobody hears of it.
    name: 'reset at once',
    behave: () => [resetConnection],
    ...sentTwice(leftToOthers('upstream_unreachable')),
  },
  {
    name: 'reset after the headers',
    behave: ({ format, streamed }) => [
      streamed ? stream(format, [], { ending: 'reset' }) : half(speakWhole(format), 'reset'),
    ],
    streamed: triedAgain('upstream_truncated'),
    full: triedAgain('upstream_truncated'),
  },
  {
    name: 'takes the request and stays silent',
    behave: () => [() => {}],
    streamed: silent,
    full: silent,
  },
  {
    name: 'its first token is late',
    behave: ({ format }) => [lateContent(format)],
    streamed: silent,
  },
  {
    name: 'a whole answer takes its time',
    behave: wanted => [late(700, answer(wanted))],
    full: onlyFirst(answered({ first: ['ok'] })),
  },
]

/** The head of a stream comes at once, and its content when nobody waits for it any more. */
function lateContent(format: Speaker): Behaviour {
  const { opening, ...rest } = speakStream(format)
  return paused(format, [opening, allFrames({ ...rest, opening: [] })], 1500)
}

const middle: readonly Fault[] = [
  {
    name: 'cut in the middle',
    behave: wanted => [breakOff(wanted, 'cut')],
    streamed: onlyFirst(broken({ first: ['upstream_truncated'] })),
    full: triedAgain('upstream_truncated'),
  },
  {
    name: 'silent from the middle on',
    behave: wanted => [breakOff(wanted, 'stall')],
    streamed: onlyFirst(broken({ first: ['upstream_timeout'] })),
    full: silent,
  },
  {
    name: 'ends in the middle, without an end marker',
    behave: wanted => [breakOff(wanted, 'end')],
    streamed: onlyFirst(broken({ first: ['upstream_truncated'] })),
  },
  {
    name: 'a malformed event in the middle',
    behave: ({ format }) => {
      const spoken = speakStream(format)
      const [one = [], ...others] = spoken.pieces
      return [stream(format, allFrames({ ...spoken, pieces: [one, [brokenFrame(format)], ...others] }))]
    },
    streamed: onlyFirst(answered({ first: ['ok'] })),
  },
  {
    name: 'an error event before any content',
    behave: ({ format }) => [stream(format, [errorFrame(format)])],
    streamed: triedAgain('upstream_error'),
  },
  {
    name: 'an error event in the middle',
    behave: ({ format }) => {
      const { opening, pieces, lastFrame } = speakStream(format, { pieces: words.slice(0, 2), fails: true })
      return [stream(format, [...opening, ...pieces.flat(), lastFrame])]
    },
    streamed: onlyFirst(broken({ first: ['upstream_error'] })),
  },
  {
    name: 'a slow trickle, each piece in time',
    behave: ({ format, streamed }) => [streamed ? slowly(format, words) : trickle(speakWhole(format), 80)],
    ...both(answered({ first: ['ok'] }), answered({ first: ['ok'] })),
  },
  {
    name: 'a trickle without end, beyond the total time',
    behave: ({ format }) => [endless(format)],
    sections: { timeouts: { total: '1s' } },
    streamed: onlyFirst(broken({ first: ['deadline_exceeded'] })),
  },
]

function breakOff({ format, streamed }: Wanted, ending: 'cut' | 'stall' | 'end'): Behaviour {
  if (!streamed) return half(speakWhole(format), ending)
  const { opening, pieces } = speakStream(format)
  return stream(format, [...opening, ...pieces.slice(0, 2).flat()], { ending })
}

/** The head at once, and then one piece after the other. */
function slowly(format: Speaker, pieces: readonly string[]): Behaviour {
  const { opening, pieces: frames, ending, lastFrame } = speakStream(format, { pieces })
  return stream(format, [Buffer.concat(opening), ...frames.flat(), ...ending, lastFrame], { betweenMs: 60 })
}

function endless(format: Speaker): Behaviour {
  return slowly(
    format,
    Array.from({ length: 60 }, (_, index) => `word ${index} `),
  )
}

const lies: readonly Fault[] = [
  {
    name: 'an error inside a 200',
    behave: ({ format }) => [whole(errorBody(format, 500))],
    streamed: triedAgain('upstream_error'),
    full: triedAgain('upstream_error'),
  },
  {
    name: 'a redirect',
    behave: () => [whole({}, { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } })],
    streamed: triedAgain('upstream_malformed'),
    full: triedAgain('upstream_malformed'),
  },
  {
    name: 'a page of HTML with 200',
    behave: () => [whole(Buffer.from('<html>Sign in</html>'), { headers: { 'content-type': 'text/html' } })],
    streamed: triedAgain('upstream_malformed'),
    full: triedAgain('upstream_malformed'),
  },
  {
    name: 'an empty body with 200',
    behave: () => [whole(Buffer.alloc(0))],
    streamed: triedAgain('upstream_malformed'),
    full: triedAgain('upstream_malformed'),
  },
  {
    name: 'no usage',
    behave: wanted => [withoutCount(wanted)],
    ...both(
      answered({ first: ['ok'] }, { usage: 'estimated' }),
      answered({ first: ['ok'] }, { usage: 'estimated' }),
    ),
  },
  {
    name: 'a usage below nothing',
    behave: wanted => [
      answer(wanted, { usage: { ...usage, inputUncached: -20, cacheRead: 0, outputText: -10 } }),
    ],
    ...both(
      answered({ first: ['ok'] }, { usage: 'estimated' }),
      answered({ first: ['ok'] }, { usage: 'estimated' }),
    ),
  },
]

function withoutCount({ format, streamed }: Wanted): Behaviour {
  return streamed
    ? stream(format, withoutUsage(format, allFrames(speakStream(format))))
    : whole(Buffer.concat(withoutUsage(format, [speakWhole(format)])))
}

export const faults: readonly Fault[] = [...limits, ...statuses, ...connections, ...middle, ...lies]
