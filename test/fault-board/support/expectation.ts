// What is to come of a fault, in few words from which everything that is looked at follows.

import type { ErrorCode } from '../../../src/errors.ts'

export type Role = 'first' | 'second'

/** How one call of an upstream ends; the second code is one that this program may not know yet. */
export type CallEnd = ErrorCode | 'upstream_diverged' | 'ok'

/** The calls of each upstream in their order: the first is left before the second is asked. */
export interface Calls {
  readonly first: readonly CallEnd[]
  readonly second?: readonly CallEnd[]
}

export interface Expectation {
  /**
   * - `answered`: the client has the whole answer.
   * - `refused`: it has an answer that says that a filter refused.
   * - `failed`: it has an error in place of an answer.
   * - `broken`: it has the beginning of an answer, and then an error.
   */
  readonly end: 'answered' | 'refused' | 'failed' | 'broken'
  readonly calls: Calls
  /** Of the calls, those that an upstream notices; all where it is left out. */
  readonly noticed?: readonly [number, number]
  readonly usage?: 'provider' | 'estimated' | 'none'
  /** The second goes on with what the first began. */
  readonly rescue?: true
  /** What the client is told of, where it is not the end of the last call. */
  readonly code?: ErrorCode
  /** Requests to the second upstream that hold the partial answer. */
  readonly prefills?: number
  /** Requests that end so, one after the other. */
  readonly times?: number
}

type Details = Omit<Expectation, 'end' | 'calls'>

export function answered(calls: Calls, details: Details = {}): Expectation {
  return { end: 'answered', calls, ...details }
}

export function refused(calls: Calls, details: Details = {}): Expectation {
  return { end: 'refused', calls, ...details }
}

export function failed(calls: Calls, details: Details = {}): Expectation {
  return { end: 'failed', calls, ...details }
}

export function broken(calls: Calls, details: Details = {}): Expectation {
  return { end: 'broken', calls, ...details }
}

/** Everything that is looked at, in words; equal where the expectation is met. */
export interface Findings {
  /** What the client has. */
  readonly client: string
  /** Who answered, by the ledger and the header of the answer; empty where nobody did. */
  readonly answeredBy: string
  /** Requests that reached the first upstream, and the second. */
  readonly upstreamCalls: string
  /** Requests to the second upstream that hold the beginning of the answer. */
  readonly prefills: string
  readonly outcome: string
  readonly errorCode: string
  readonly attempts: string
  readonly usage: string
  readonly cost: string
  readonly time: string
}

export const findingNames = [
  'client',
  'answeredBy',
  'upstreamCalls',
  'prefills',
  'outcome',
  'errorCode',
  'attempts',
  'usage',
  'cost',
  'time',
] as const satisfies readonly (keyof Findings)[]

export function findingsOf(expectation: Expectation): Findings {
  const { end, calls, times = 1, prefills = 0 } = expectation
  const { first, second = [] } = calls
  const code = expectation.code ?? [...first, ...second].at(-1) ?? 'ok'
  const success = end === 'answered' || end === 'refused'
  const [firstNoticed, secondNoticed] = expectation.noticed ?? [first.length, second.length]
  const usage = expectation.usage ?? usageOf(expectation)
  return {
    client: describeClient(end, code),
    answeredBy: success ? answererOf(expectation) : '',
    upstreamCalls: `${firstNoticed * times} + ${secondNoticed * times}`,
    prefills: String(prefills),
    outcome: success ? 'ok' : code === 'upstream_truncated' ? 'truncated' : 'error',
    errorCode: success ? '' : code,
    attempts: describeCalls(expectation),
    usage,
    cost: usage === 'none' ? 'none' : 'priced',
    time: 'in time',
  }
}

/** A rescue begins when the headers of the answer are long gone. */
function answererOf({ calls, rescue }: Expectation): string {
  if (rescue === true) return 'second by the ledger, first by the header'
  return calls.second === undefined ? 'first' : 'second'
}

function describeCalls({ calls: { first, second = [] }, rescue }: Expectation): string {
  const role = rescue === true ? 'second (rescue)' : 'second'
  return [...first.map(each => `first ${each}`), ...second.map(each => `${role} ${each}`)].join(', ')
}

/** What broke off is estimated, and so is a sum that holds it. */
function usageOf({ end, rescue }: Expectation): 'provider' | 'estimated' | 'none' {
  if (end === 'failed') return 'none'
  return end === 'broken' || rescue === true ? 'estimated' : 'provider'
}

export function describeClient(end: Expectation['end'], code: string): string {
  switch (end) {
    case 'answered':
      return 'the whole answer'
    case 'refused':
      return 'a refusal'
    case 'failed':
      return `error ${code}`
    case 'broken':
      return `part of the answer, then error ${code}`
  }
}
