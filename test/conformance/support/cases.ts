// Cases of other projects, as they stand in the shared folder, and what of them can be put to the gateway's formats.

import { type Json, listAt, objectAt, textAt } from './json.ts'
import { readSharedJson } from './shared.ts'

/** Their names of the formats, and ours. */
const formatOfApi: Readonly<Record<string, string>> = {
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

const translatorRows = listAt({ rows: readSharedJson('cases', 'translator_cases.json') }, 'rows')

/** Whole requests of another gateway's translator tests. */
export const translatorRequests: readonly RequestCase[] = translatorRows.flatMap(row => {
  const client = formatOfApi[textAt(row, 'client_api')]
  const upstream = formatOfApi[textAt(row, 'upstream')]
  const [asked, expected] = [row['request_in'], row['upstream_request_expected']]
  if (client === undefined || upstream === undefined || !isJson(asked) || !isJson(expected)) return []
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

export interface AnswerCase {
  readonly id: string
  readonly upstream: string
  readonly answered: Json
  /** As a client of chat completions gets it. */
  readonly expected: Json
}

/** Whole answers of the same tests. */
export const translatorAnswers: readonly AnswerCase[] = translatorRows.flatMap(row => {
  const upstream = formatOfApi[textAt(row, 'upstream')]
  const [answered, expected] = [row['upstream_response'], row['client_response_expected']]
  if (upstream === undefined || row['client_api'] !== 'openai.chat') return []
  return isJson(answered) && isJson(expected) && Array.isArray(expected['choices'])
    ? { id: textAt(row, 'id'), upstream, answered, expected }
    : []
})

export const translatorCount = translatorRows.length

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface ShapeCase {
  readonly id: string
  readonly client: string
  readonly body: Json
  readonly accepted: boolean
}

const user = { role: 'user', content: 'Hello' }
const chat = (part: unknown): Json => ({ model: 'a-model', messages: [part] })
const message = (part: unknown): Json => ({ model: 'a-model', max_tokens: 100, messages: [part] })
const response = (fields: Json): Json => ({ model: 'a-model', input: 'Hello', ...fields })

interface Shape {
  readonly functions: RegExp
  readonly client: string
  /** Where in a request the part stands. */
  wrap(part: unknown): Json
}

/** The parts of requests that the source tests, and where they stand in a request. */
const shapes: readonly Shape[] = [
  {
    functions: /^TestResponseInputItemUnionParam(Unm|M)arshalJSON/,
    client: 'openai-responses',
    wrap: part => response({ input: [part] }),
  },
  {
    functions: /^TestEasyInputMessageContentUnionParam(Unm|M)arshalJSON/,
    client: 'openai-responses',
    wrap: part => response({ input: [{ role: 'user', content: part }] }),
  },
  {
    functions: /^TestResponseInputContentUnionParam(Unm|M)arshalJSON/,
    client: 'openai-responses',
    wrap: part => response({ input: [{ role: 'user', content: [part] }] }),
  },
  {
    functions: /^TestResponseToolUnion(Unm|M)arshalJSON/,
    client: 'openai-responses',
    wrap: part => response({ tools: [part] }),
  },
  {
    functions: /^TestOpenAIChatCompletionMessageUnmarshal/,
    client: 'openai-chat',
    wrap: part => part as Json,
  },
  {
    functions: /^TestOpenAIChatCompletionContentPartUserUnionParamUnmarshal/,
    client: 'openai-chat',
    wrap: part => chat({ role: 'user', content: [part] }),
  },
  {
    functions: /^TestMessageContent_UnmarshalJSON/,
    client: 'anthropic-messages',
    wrap: part => message({ role: 'user', content: part }),
  },
  {
    functions: /^TestContentBlockParam_UnmarshalJSON/,
    client: 'anthropic-messages',
    wrap: part => message({ role: 'user', content: [part] }),
  },
  {
    functions: /^TestSystemPrompt_UnmarshalJSON/,
    client: 'anthropic-messages',
    wrap: part => ({ ...message(user), system: part }),
  },
  {
    functions: /^TestToolUnion_UnmarshalJSON/,
    client: 'anthropic-messages',
    wrap: part => ({ ...message(user), tools: [part] }),
  },
  {
    functions: /^TestToolResultContent_UnmarshalJSON/,
    client: 'anthropic-messages',
    wrap: part =>
      message({ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: part }] }),
  },
  {
    functions: /^TestCompletionRequest$/,
    client: 'openai-completions',
    wrap: part => part as Json,
  },
]

const shapeRows = listAt({ rows: readSharedJson('cases', 'request_schema_rows.json') }, 'rows')

/** Parts of requests that have to be accepted or refused. */
export const shapeCases: readonly ShapeCase[] = shapeRows.flatMap((row, index) => {
  const name = textAt(row, 'func')
  const shape = shapes.find(({ functions }) => functions.test(name))
  if (shape === undefined) return []
  const fields = objectAt(row, 'fields')
  // What is written by the source is what has to be read; what it is written from is no JSON of a client.
  const written = /MarshalJSON/.test(name) && !/Unmarshal/.test(name)
  const part = written
    ? (fields['expect'] ?? fields['expRes'])
    : (fields['jsonStr'] ?? fields['input'] ?? fields['in'] ?? fields['req'])
  if (part === undefined) return []
  const { client, wrap } = shape
  const refused =
    name.endsWith('_ErrorPaths') ||
    fields['wantErr'] === true ||
    ['expErr', 'expectErr', 'expectedErr', 'err'].some(key => textAt(fields, key) !== '')
  return { id: `${name} ${textAt(row, 'name')} (${index})`, client, body: wrap(part), accepted: !refused }
})

export const shapeCount = shapeRows.length
