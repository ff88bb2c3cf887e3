// Cases of other projects, as they stand in the shared folder: whole requests and answers.

import { type Json, listAt, objectAt, textAt } from './json.ts'
import { readSharedJson } from './shared.ts'
import { clientChat } from './source-language.ts'

/** Their names of the formats, and ours. */
export const formatOfApi: Readonly<Record<string, string>> = {
  'openai.chat': 'openai-chat',
  'openai.responses': 'openai-responses',
  'anthropic.messages': 'anthropic-messages',
  'gemini.generateContent': 'gemini',
  'cohere.chat_v2': 'cohere-chat',
  'bedrock.converse': 'bedrock-converse',
  'mistral.chat': 'openai-chat',
  'groq.chat': 'openai-chat',
  'deepseek.chat': 'openai-chat',
  'xai.chat': 'openai-chat',
}

export interface RequestCase {
  readonly id: string
  readonly client: string
  readonly upstream: string
  /** `mistral`: whose accent of the format it is. */
  readonly vendor: string
  readonly model: string
  readonly streaming: boolean
  readonly asked: Json
  /** Null where the source cannot say it. */
  readonly expected: Json | null
  /** The source refuses it, and so must we. */
  readonly refused?: boolean
}

/** One prompt as two clients of their own write it. */
export const requestPairs: readonly RequestCase[] = listAt(
  readSharedJson('cases', 'request_pairs.json'),
  'cases',
).map(row => {
  const asked = objectAt(row, 'request_in')
  const expected = row['upstream_request_expected']
  return {
    id: textAt(row, 'id'),
    client: 'openai-chat',
    upstream: formatOfApi[textAt(row, 'upstream')] ?? '',
    vendor: textAt(row, 'upstream').split('.')[0] ?? '',
    model: textAt(asked, 'model').replace(/^[^/]*\//, ''),
    streaming: row['stream'] === true,
    asked,
    expected: typeof expected === 'object' ? (expected as Json | null) : null,
  }
})

/** Another gateway's translator tests, as they stand. */
export const translatorRows: readonly Json[] = listAt(
  { rows: readSharedJson('cases', 'translator_cases.json') },
  'rows',
)

/** Whole requests of another gateway's translator tests. */
export const translatorRequests: readonly RequestCase[] = translatorRows.flatMap(row => {
  const client = formatOfApi[textAt(row, 'client_api')]
  const upstream = formatOfApi[textAt(row, 'upstream')]
  const [source, expected] = [row['request_in'], row['upstream_request_expected']]
  if (client === undefined || upstream === undefined || !isJson(source) || !isJson(expected)) return []
  const asked = client === 'openai-chat' ? clientChat(source) : source
  return {
    id: textAt(row, 'id'),
    client,
    upstream,
    vendor: textAt(row, 'upstream').split('.')[0] ?? '',
    model: textAt(asked, 'model'),
    streaming: asked['stream'] === true,
    asked,
    expected,
  }
})

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
