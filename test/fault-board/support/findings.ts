// What came of a fault: the client's answer in its own shape, the calls of the upstreams, and the row of the ledger.

import { grammars } from '../../conformance/grammars/index.ts'
import { readers } from '../../conformance/readers/index.ts'
import { parseOr } from '../../conformance/support/json.ts'
import type { Reading } from '../../conformance/support/reading.ts'
import { readStreamEvents } from '../../conformance/support/stream-events.ts'
import type { Speaker } from '../../support/speakers.ts'
import { endsOf, errorNameOf, isTold } from './ends.ts'
import { describeClient, type Findings } from './expectation.ts'
import { totalMs } from './faults.ts'
import { begunText, wholeText } from './speech.ts'
import type { Answer, Place, Played } from './stage.ts'

type Row = Played['rows'][number]

/** Differing answers to the same question stand beside one another. */
export function findingsIn(place: Place, { answers, rows, requests }: Played): Findings {
  const pairs = answers.map((answer, index) => ({ answer, row: rows[index] ?? {} }))
  const joined = (describe: (pair: { answer: Answer; row: Row }) => string): string =>
    [...new Set(pairs.map(describe))].join(' | ')
  return {
    client: joined(({ answer, row }) => describeAnswer(place, answer, row)),
    answeredBy: joined(({ answer, row }) => answeredBy(answer, row)),
    upstreamCalls: [0, 1].map(number => requests[number]?.length ?? 0).join(' + '),
    prefills: String(requests[1]?.filter(({ body }) => body.includes(begunText.trim())).length ?? 0),
    outcome: joined(({ row }) => textOf(row['outcome'])),
    errorCode: joined(({ row }) => textOf(row['error_code'])),
    attempts: joined(({ row }) => describeAttempts(row)),
    usage: joined(({ row }) => textOf(row['usage_source'])),
    cost: joined(({ row }) => textOf(row['cost_status'])),
    time: joined(({ answer }) => (answer.durationMs <= totalMs ? 'in time' : 'too late')),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function roleOf(provider: unknown): string {
  return textOf(provider).replace(/-\d+$/, '')
}

function answeredBy(answer: Answer, row: Row): string {
  if (row['outcome'] !== 'ok') return ''
  const inLedger = roleOf(row['provider'])
  const inHeader = roleOf(answer.header('x-llm-proxy-provider'))
  return inLedger === inHeader ? inLedger : `${inLedger} by the ledger, ${inHeader} by the header`
}

interface Attempt {
  readonly provider: string
  readonly code: string | null
  readonly role?: string
}

function describeAttempts(row: Row): string {
  const attempts = parseOr(textOf(row['attempts']), []) as readonly Attempt[]
  return attempts
    .map(({ provider, code, role }) =>
      [roleOf(provider), ...(role === undefined ? [] : [`(${role})`]), code ?? 'ok'].join(' '),
    )
    .join(', ')
}

function describeAnswer(place: Place, answer: Answer, row: Row): string {
  if (answer.status === null) return 'no answer'
  if (!answer.whole) return 'a connection that breaks'
  try {
    if (answer.status !== 200) return describeError(place.client, answer, row)
    return place.streamed ? describeStream(place.client, answer, row) : describeFull(place.client, answer)
  } catch (thrown) {
    return `something that it cannot read: ${String(thrown)}`
  }
}

function describeError(client: Speaker, { status, bytes, header }: Answer, row: Row): string {
  const code = textOf(row['error_code'])
  const name = errorNameOf(client, bytes, header('x-amzn-errortype'))
  const told = { status: status ?? 0, name, inStream: false }
  return isTold(client, code, told) ? describeClient('failed', code) : `error ${status} ${name} for ${code}`
}

function describeFull(client: Speaker, { bytes }: Answer): string {
  const reading = readers[client]?.readAnswer(JSON.parse(bytes.toString()))
  return reading === undefined ? 'nothing' : describeReading(reading)
}

function describeReading({ text, finish, error }: Reading): string {
  if (error !== null) return 'an error as if it were an answer'
  if (finish === 'content-filter') return describeClient('refused', '')
  if (finish === null) return 'an answer without an end'
  return text === wholeText ? describeClient('answered', '') : `as if it were whole: ${text.slice(0, 40)}`
}

function describeStream(client: Speaker, answer: Answer, row: Row): string {
  const reading = readers[client]?.readStream(answer.bytes)
  if (reading === undefined) return 'nothing'
  const { all, last } = endsOf(client, answer.bytes)
  const [only] = all
  if (only === undefined) return `a stream without an end: ${reading.text}`
  if (all.length > 1) return `${all.length} ends: ${all.map(({ kind }) => kind).join(', ')}`
  if (!last) return `something behind its ${only.kind}`
  const complaints = complaintsOf(client, answer.bytes, only.kind === 'error')
  if (complaints.length > 0) return `a stream out of order: ${complaints.join('; ')}`
  if (only.kind === 'end') return describeReading(reading)
  const code = textOf(row['error_code'])
  const told = { status: answer.status ?? 0, name: only.name, inStream: true }
  if (!isTold(client, code, told)) return `an error event ${only.name} for ${code}`
  const part = reading.text !== '' && reading.text !== wholeText
  return part ? describeClient('broken', code) : `error event ${code} behind ${reading.text || 'nothing'}`
}

/** What breaks leaves open what was open. */
function complaintsOf(client: Speaker, bytes: Buffer, broken: boolean): readonly string[] {
  const all = grammars[client]?.(readStreamEvents(client, bytes)) ?? []
  return broken ? all.filter(complaint => complaint !== 'message-end within something') : all
}
