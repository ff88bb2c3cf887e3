// What others expect of the same translation: one prompt as two independent clients send it, the tests of another
// gateway's translator, and recorded requests, which have to come out as they went in.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { adaptConversation } from '../../conversation/adapt.ts'
import { mendHistory } from '../../conversation/mend-history.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { openAiChat } from '../openai-chat/index.ts'
import pinnedJson from './cases.pinned.json' with { type: 'json' }
import { decodeFinish } from './finish.ts'
import { encodeContext, read, targetOf } from './gemini.fixture.ts'
import { gemini } from './index.ts'
import { decodeLogprobs } from './logprobs.ts'
import { toOpenApiSchema } from './openapi-schema.ts'

const shared = process.env['LLM_PROXY_SHARED']
/** Cases that come out otherwise, each with the reason. */
const pinned: Readonly<Record<string, string>> = pinnedJson
const address = { model: null, streaming: null }

function load<Value>(file: string, fallback: Value): Value {
  const path = `${shared}/${file}`
  return shared !== undefined && existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Value)
    : fallback
}

/** What Gemini gets for a request of a chat completion. */
function ask(body: JsonObject, model: string): JsonObject {
  openAiChat.checkRequest(body, address)
  const conversation = mendHistory(openAiChat.chat?.decodeRequest(body, address) ?? raise())
  const target = targetOf(model)
  const adapted = adaptConversation(conversation, gemini.chat.abilities(target))
  return gemini.chat.encodeRequest(adapted.conversation, target).body
}

function raise(): never {
  throw new Error('chat completions have no conversations')
}

/**
 * What a request means: what is empty, the ids of calls, whether thoughts are to be shown, the wrapping of results and
 * the two spellings of schemas make no difference.
 */
function meaningOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaningOf)
  if (!isObject(value)) return value
  const entries = Object.entries(value)
    .filter(([key, inner]) => !isNothing(inner) && key !== 'id' && key !== 'includeThoughts')
    .map(([key, inner]): [string, unknown] => [
      spelling[key] ?? key,
      key === 'response' ? 'said' : meaningOf(inner),
    ])
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

const spelling: Readonly<Record<string, string>> = {
  responseMIMEType: 'responseMimeType',
  fileURI: 'fileUri',
  parametersJsonSchema: 'parameters',
  responseJsonSchema: 'responseSchema',
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true
  return isObject(value) && Object.values(value).every(isNothing) && Object.keys(value).length === 0
}

/** The text of an error, where that is what comes out. */
function outcomeOf(action: () => unknown): unknown {
  try {
    return meaningOf(action())
  } catch (thrown) {
    if (thrown instanceof GatewayError) return 'refused'
    throw thrown
  }
}

interface Pair {
  readonly id: string
  readonly upstream: string
  readonly scenario: string
  readonly stream: boolean
  readonly request_in: JsonObject
  readonly upstream_request_expected: JsonObject
}

const pairs = load<{ cases: Pair[] }>('cases/request_pairs.json', { cases: [] }).cases.filter(
  ({ upstream }) => upstream === 'gemini.generateContent',
)

describe.skipIf(shared === undefined)(
  'one prompt of two clients (LLM_PROXY_SHARED is not set: skipped)',
  () => {
    test.each(pairs.map(pair => ({ ...pair, name: `pair:${pair.scenario}${pair.stream ? ':stream' : ''}` })))(
      '$name',
      ({ name, request_in: body, upstream_request_expected: expected }) => {
        const model = String(body['model']).replace(/^gemini\//, '')
        const got = outcomeOf(() => ask(body, model))
        if (name in pinned) expect(got).not.toEqual(meaningOf(expected))
        else expect(got).toEqual(meaningOf(expected))
      },
    )
  },
)

interface Case {
  readonly id: string
  readonly upstream: string
  readonly kind: string
  readonly all_fields: JsonObject
  readonly [field: string]: unknown
}

const user = { role: 'user', content: 'x' }
const called = { id: 'tool_123', type: 'function', function: { name: 'get_weather', arguments: '{}' } }
const functions = ['f', 'myfunc'].map(name => ({ type: 'function', function: { name } }))

/** The part that a case is about. */
const readings: Readonly<Record<string, (part: never, facts: JsonObject) => unknown>> = {
  'request.message.assistant': (part: JsonObject) => partsOf([user, part], 'model'),
  'request.message.user': (part: JsonObject) =>
    (partsOf([part, { role: 'user', content: 'end' }], 'user') as unknown[]).slice(0, -1),
  'request.message.developer': (part: JsonObject) =>
    (ask({ model: 'm', messages: [part, user] }, 'gemini-2.0-flash')['systemInstruction'] as JsonObject)[
      'parts'
    ],
  'request.message.tool': (part: JsonObject) =>
    (partsOf([user, { role: 'assistant', tool_calls: [called] }, part], 'user') as unknown[])[1],
  'request.generationConfig': (part: JsonObject, { requestModel = 'gemini-2.5-flash' }) =>
    ask({ model: 'm', messages: [user], ...part }, String(requestModel))['generationConfig'] ?? {},
  'request.tools': (tools: unknown, { parametersJSONSchemaAvailable: newer }) =>
    ask({ model: 'm', messages: [user], tools }, newer === true ? 'gemini-2.5-flash' : 'gemini-2.0-flash')[
      'tools'
    ],
  'request.tool_choice': (choice: unknown) =>
    ask({ model: 'm', messages: [user], tools: functions, tool_choice: choice }, 'gemini-2.5-flash')[
      'toolConfig'
    ],
  'request.reasoning': (effort: unknown, { model }) => {
    const config = ask({ model: 'm', messages: [user], reasoning_effort: effort }, String(model))
    return ((config['generationConfig'] as JsonObject)['thinkingConfig'] as JsonObject)['thinkingLevel']
  },
  'request.json_schema': schemaOf,
  'request.json_schema.$ref': schemaOf,
  request: (body: JsonObject) => ask(body, String(body['model'])),
  finish_reason: (native: string, { toolCalls }) =>
    decodeFinish({
      native,
      message: undefined,
      hasCalls: (toolCalls as unknown[]).length > 0,
      hasContent: true,
    }).reason,
  'response.logprobs': (result: unknown) => withoutBytes(decodeLogprobs(result)),
  'response.choices': (candidates: unknown) => choicesOf({ candidates }),
  'response.tool_calls': (parts: unknown) => messageOf(parts)['tool_calls'],
  'response.reasoning': (parts: unknown) => messageOf(parts)['reasoning_content'],
  response: (body: JsonObject) => choicesOf(typeof body === 'string' ? JSON.parse(body) : body),
}

function partsOf(messages: readonly JsonObject[], role: string): unknown {
  const contents = ask({ model: 'm', messages }, 'gemini-2.0-flash')['contents'] as JsonObject[]
  return contents.filter(content => content['role'] === role).flatMap(({ parts }) => parts as unknown[])
}

function schemaOf(schema: JsonObject, { fullSchema }: JsonObject): unknown {
  return toOpenApiSchema({ ...(isObject(fullSchema) ? fullSchema : {}), ...schema }, 'tools')
}

function withoutBytes(logprobs: JsonObject | undefined): unknown {
  const content = logprobs?.['content'] as JsonObject[] | undefined
  return content && { content: content.map(entry => bare(entry)) }
}

function bare({ token, logprob, top_logprobs: top }: JsonObject): JsonObject {
  return {
    token,
    logprob,
    ...(Array.isArray(top) && top.length > 0 ? { top_logprobs: (top as JsonObject[]).map(bare) } : {}),
  }
}

/** As a client of chat completions reads them. */
function choicesOf(body: unknown): unknown {
  const encoded = openAiChat.chat?.encodeResponse(read(body), encodeContext()) ?? raise()
  return (encoded['choices'] as JsonObject[]).map(({ native_finish_reason: _native, ...choice }) => {
    const { reasoning_details: _details, ...message } = choice['message'] as JsonObject
    return { ...choice, message }
  })
}

function messageOf(parts: unknown): JsonObject {
  const [choice] = choicesOf({ candidates: [{ content: { parts }, finishReason: 'STOP' }] }) as JsonObject[]
  return choice?.['message'] as JsonObject
}

function expectedOf(entry: Case): unknown {
  const { expectedErrorMsg, expectedErrMsg, expectedError, expectErr, wantError } = entry.all_fields
  if ([expectedErrorMsg, expectedErrMsg, expectedError, expectErr, wantError].some(Boolean)) return 'refused'
  const whole = entry['client_response_expected']
  if (isObject(whole)) return meaningOf(whole['choices'])
  return meaningOf(
    entry['upstream_request_part_expected'] ??
      entry['upstream_request_expected'] ??
      entry['client_part_expected'],
  )
}

function inputOf(entry: Case): never {
  return (entry['request_part_in'] ??
    entry['request_in'] ??
    entry['upstream_part'] ??
    entry['upstream_response']) as never
}

const cases = load<Case[]>('cases/translator_cases.json', []).filter(
  entry => entry.upstream === 'gemini.generateContent' && entry.kind in readings && isComparable(entry),
)

/** Some cases tell no result, and some are streams without an end. */
function isComparable(entry: Case): boolean {
  if (typeof entry['upstream_response'] === 'string') return false
  return !entry.kind.startsWith('request.json_schema') || expectedOf(entry) !== undefined
}

describe.skipIf(shared === undefined)(
  "another gateway's cases (LLM_PROXY_SHARED is not set: skipped)",
  () => {
    test.each(cases)('$id', entry => {
      const got = outcomeOf(() => readings[entry.kind]?.(inputOf(entry), entry.all_fields))
      if (entry.id in pinned) expect(got).not.toEqual(expectedOf(entry))
      else if (isNothing(expectedOf(entry)))
        expect(Array.isArray(got) ? got : [got].filter(one => !isNothing(one))).toEqual([])
      else expect(got).toEqual(expectedOf(entry))
    })
  },
)

const requests = load<{ file: string; model: string }[]>('cases/normal_forms.json', [])
  .map(({ file, model }) => ({ model, file: file.replace(/\.res\..*$/, '.req.json') }))
  .filter(
    ({ file }) =>
      /^(?:gemini|vertex)\/generateContent\//.test(file) && existsSync(`${shared}/fixtures/${file}`),
  )

describe.skipIf(shared === undefined)('recorded requests (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(requests)('$file means the same after it was translated there and back', ({ file, model }) => {
    const body = load<JsonObject>(`fixtures/${file}`, {})
    const place = { model, streaming: false }
    gemini.checkRequest(body, place)
    const encoded = gemini.chat.encodeRequest(gemini.chat.decodeRequest(body, place), targetOf(model))
    // One old model thinks without being told how much.
    if (!model.includes('thinking-exp')) expect(encoded.warnings).toEqual([])
    const again = gemini.chat.encodeRequest(gemini.chat.decodeRequest(encoded.body, place), targetOf(model))
    expect(again.body).toEqual(encoded.body)
  })
})
