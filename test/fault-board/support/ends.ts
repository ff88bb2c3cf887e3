// How an answer ends in the shape of each client: an end, or an error under the name that the client's SDK looks at.

import { at, type Json, listAt, parseOr, textAt } from '../../conformance/support/json.ts'
import { readServerSentEvents } from '../../conformance/support/server-sent-events.ts'
import { readStreamEvents } from '../../conformance/support/stream-events.ts'
import type { Speaker } from '../../support/speakers.ts'

/** What is an end or an error in a stream, in order; null names where the format has none. */
export interface End {
  readonly kind: 'end' | 'error'
  readonly name: string | null
}

export interface Ends {
  readonly all: readonly End[]
  /** Whether nothing but an end, or an error, is the last event. */
  readonly last: boolean
}

type ReadEnd = (event: { name: string; body: Json }) => End | null

const end: End = { kind: 'end', name: null }

function error(name: string | null): End {
  return { kind: 'error', name }
}

const readEnds: Readonly<Record<Speaker, ReadEnd>> = {
  'openai-chat': ({ body }) => (body['error'] === undefined ? null : error(textAt(body, 'error', 'code'))),
  'openai-responses'({ name, body }) {
    if (name === 'response.completed' || name === 'response.incomplete') return end
    return name === 'error' ? error(textAt(body, 'code')) : null
  },
  'anthropic-messages'({ name, body }) {
    if (name === 'message_stop') return end
    return name === 'error' ? error(textAt(body, 'error', 'type')) : null
  },
  gemini({ body }) {
    if (body['error'] !== undefined) return error(textAt(body, 'error', 'status'))
    const over = listAt(body, 'candidates').some(({ finishReason }) => finishReason !== undefined)
    return over || at(body, 'promptFeedback', 'blockReason') !== undefined ? end : null
  },
  'cohere-chat'({ name, body }) {
    if (name !== 'message-end') return null
    return textAt(body, 'delta', 'finish_reason') === 'ERROR' ? error(null) : end
  },
  'bedrock-converse'({ name }) {
    if (name === 'messageStop') return end
    return name.endsWith('Exception') ? error(name) : null
  },
  'ollama-chat'({ body }) {
    if (body['error'] !== undefined) return error(null)
    return body['done'] === true ? end : null
  },
}

/** Events that may stand behind the end. */
const trailing: ReadonlySet<string> = new Set(['metadata', 'response.failed'])

/** @throws SyntaxError, or Error, for a stream that cannot be read */
export function endsOf(client: Speaker, bytes: Buffer): Ends {
  if (client === 'openai-chat') return endsOfChat(bytes)
  const events = readStreamEvents(client, bytes)
  const read = events.map(readEnds[client])
  const behind = events.findLastIndex(({ name }) => !trailing.has(name))
  return { all: read.filter(each => each !== null), last: behind !== -1 && read[behind] !== null }
}

/** The end is a marker that is no JSON. */
function endsOfChat(bytes: Buffer): Ends {
  const read = readServerSentEvents(bytes).map(({ data }) =>
    data.trim() === '[DONE]' ? end : readEnds['openai-chat']({ name: '', body: JSON.parse(data) as Json }),
  )
  return { all: read.filter(each => each !== null), last: (read.at(-1) ?? null) !== null }
}

/** The name of an error in place of an answer; null where the format has none. */
export function errorNameOf(client: Speaker, body: Buffer, awsType: string | null): string | null {
  const said = parseOr(body.toString(), null)
  switch (client) {
    case 'openai-chat':
    case 'openai-responses':
      return textAt(said, 'error', 'code')
    case 'anthropic-messages':
      return textAt(said, 'error', 'type')
    case 'gemini':
      return textAt(said, 'error', 'status')
    case 'cohere-chat':
      return textAt(said, 'code')
    case 'bedrock-converse':
      return awsType ?? ''
    case 'ollama-chat':
      return textAt(said, 'error') === '' ? '' : null
  }
}

interface Words {
  readonly status: number
  readonly openAi: string
  readonly anthropic: string
  readonly google: string
  readonly aws: string
  readonly awsStream: string
}

function words(status: number, openAi: string, ...others: [string, string, string, string]): Words {
  const [anthropic, google, aws, awsStream] = others
  return { status, openAi, anthropic, google, aws, awsStream }
}

/** What each of the failures is called, with the status of an answer. */
const wordsOf: Readonly<Record<string, Words>> = {
  upstream_rate_limited: words(
    429,
    'rate_limit_exceeded',
    'rate_limit_error',
    'RESOURCE_EXHAUSTED',
    'ThrottlingException',
    'throttlingException',
  ),
  upstream_error: inside('upstream_error'),
  upstream_malformed: inside('upstream_malformed'),
  upstream_truncated: inside('upstream_truncated'),
  upstream_unreachable: unavailable('upstream_unreachable', 'api_error'),
  upstream_overloaded: unavailable('upstream_overloaded', 'overloaded_error'),
  upstream_timeout: late('upstream_timeout'),
  deadline_exceeded: late('deadline_exceeded'),
  context_length_exceeded: invalid('context_length_exceeded'),
  content_filter: invalid('content_filter'),
}

function inside(code: string): Words {
  return words(502, code, 'api_error', 'INTERNAL', 'ModelErrorException', 'modelStreamErrorException')
}

function unavailable(code: string, anthropic: string): Words {
  return words(
    503,
    code,
    anthropic,
    'UNAVAILABLE',
    'ServiceUnavailableException',
    'serviceUnavailableException',
  )
}

function late(code: string): Words {
  const [aws, inStream] = ['ModelTimeoutException', 'modelStreamErrorException']
  return words(504, code, 'timeout_error', 'DEADLINE_EXCEEDED', aws, inStream)
}

function invalid(code: string): Words {
  return words(
    400,
    code,
    'invalid_request_error',
    'INVALID_ARGUMENT',
    'ValidationException',
    'validationException',
  )
}

/** Whether a client is told of the failure as its format tells of such. */
export function isTold(
  client: Speaker,
  code: string,
  told: { readonly status: number; readonly name: string | null; readonly inStream: boolean },
): boolean {
  const known = wordsOf[code]
  if (known === undefined) return false
  const status = told.inStream ? 200 : known.status
  return told.status === status && (told.name === null || told.name === nameIn(client, code, told.inStream))
}

function nameIn(client: Speaker, code: string, inStream: boolean): string {
  const known = wordsOf[code]
  if (known === undefined || client === 'cohere-chat') return code
  if (client === 'anthropic-messages') return known.anthropic
  if (client === 'gemini') return known.google
  if (client === 'bedrock-converse') return inStream ? known.awsStream : known.aws
  return known.openAi
}
