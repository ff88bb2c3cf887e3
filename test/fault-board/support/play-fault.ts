// One fault before the clients of every format, each with an upstream of its own format and with one of another.

import type { Sections } from '../../support/scene.ts'
import type { Speaker } from '../../support/speakers.ts'
import type { Deviation } from './book.ts'
import { type Expectation, type Findings, findingNames, findingsOf } from './expectation.ts'
import { type Fault, type Pairing, timers, totalMs } from './faults.ts'
import { findingsIn } from './findings.ts'
import { type Place, play, type Setting, type UpstreamSpec } from './stage.ts'
import { answer } from './upstreams.ts'

/** The client formats in the order of the board, and the other format that stands before each of them. */
export const foreign: Readonly<Record<Speaker, Speaker>> = {
  'openai-chat': 'anthropic-messages',
  'openai-responses': 'openai-chat',
  'anthropic-messages': 'openai-chat',
  gemini: 'anthropic-messages',
  'cohere-chat': 'openai-chat',
  'bedrock-converse': 'anthropic-messages',
  'ollama-chat': 'openai-chat',
}

export const clients = Object.keys(foreign) as readonly Speaker[]

const pairings: readonly Pairing[] = clients.flatMap(client => [
  { client, upstream: client },
  { client, upstream: foreign[client] },
])

export interface Cell extends Pairing {
  readonly streamed: boolean
  /** A healthy upstream follows the faulty one. */
  readonly alternative: boolean
}

export interface Judged extends Cell {
  readonly expected: Findings
  readonly deviations: readonly Deviation[]
}

export async function playFault(fault: Fault, between?: Setting['between']): Promise<readonly Judged[]> {
  const cells = cellsOf(fault)
  const places = cells.map(cell => placeOf(fault, cell))
  const played = await play(places, {
    sections: withTimers(fault),
    ...(between !== undefined && { between }),
  })
  return cells.map((cell, index) => {
    const [place, what] = [places[index], played[index]]
    if (place === undefined || what === undefined) throw new Error('a place was not played')
    const expected = findingsOf(expectationOf(fault, cell))
    return { ...cell, expected, deviations: deviationsOf(expected, findingsIn(place, what)) }
  })
}

function withTimers({ sections }: Fault): Sections {
  const timeouts = { ...timers, total: `${totalMs}ms`, ...(sections?.['timeouts'] as object | undefined) }
  return { ...sections, timeouts }
}

function cellsOf(fault: Fault): readonly Cell[] {
  const kinds = [
    ...(fault.streamed === undefined ? [] : [true]),
    ...(fault.full === undefined ? [] : [false]),
  ]
  return pairings
    .filter(pairing => fault.exists?.(pairing) ?? true)
    .flatMap(pairing => kinds.map(streamed => ({ ...pairing, streamed })))
    .flatMap(cell => [false, true].map(alternative => ({ ...cell, alternative })))
}

function expectationOf(fault: Fault, { streamed, alternative }: Cell): Expectation {
  const expectations = streamed ? fault.streamed : fault.full
  if (expectations === undefined) throw new Error(`${fault.name} is expected of nobody`)
  return alternative ? expectations.beside : expectations.alone
}

function placeOf(fault: Fault, cell: Cell): Place {
  const { client, upstream, streamed, alternative } = cell
  const faulty: UpstreamSpec = {
    format: upstream,
    behaviours: fault.behave({ format: upstream, streamed }),
    absent: fault.refusesConnections === true,
    toxic: fault.toxic,
  }
  // The healthy one speaks the other of the two formats, so that the answer is translated anew.
  const format = upstream === client ? foreign[client] : client
  const healthy: UpstreamSpec = { format, behaviours: [answer({ format, streamed })] }
  return {
    client,
    streamed,
    upstreams: alternative ? [faulty, healthy] : [faulty],
    times: expectationOf(fault, cell).times ?? 1,
  }
}

export function deviationsOf(expected: Findings, found: Findings): Deviation[] {
  return findingNames
    .filter(field => expected[field] !== found[field])
    .map(field => ({ field, expected: expected[field], got: found[field] }))
}
