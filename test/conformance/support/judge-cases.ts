// Where the gateway makes something else of a case than its source says.

import { adaptConversation } from '../../../src/conversation/adapt.ts'
import type { Conversation } from '../../../src/conversation/conversation.ts'
import type { EmbeddingAnswer } from '../../../src/conversation/embedding.ts'
import { GatewayError } from '../../../src/errors.ts'
import type { EncodeContext } from '../../../src/formats/format.ts'
import { createAnswerReader } from '../../../src/gateway/answer-reader.ts'
import { createManualClock } from '../../../src/lib/clock.ts'
import { findProvider } from '../../../src/providers/index.ts'
import { openAiChatReader } from '../readers/openai-chat.ts'
import type { AnswerCase } from './answer-cases.ts'
import type { RequestCase } from './cases.ts'
import { compareReadings } from './compare.ts'
import type { ErrorCase } from './error-cases.ts'
import { at, canonical, type Json, listAt, numberAt, textAt } from './json.ts'
import { wholeMeaningOf } from './meaning.ts'
import { brief, type Pin } from './pins.ts'
import { chatOf, formatOf, passAnswer, passStream, targetOf } from './seam.ts'
import type { CountCase, RankingCase, VectorCase } from './vector-cases.ts'

/** What a try gives, or the failure of ours that ended it. */
function attempt<Value>(action: () => Value): Value | GatewayError {
  try {
    return action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
}

function wordsOf({ code, param, message }: GatewayError): string {
  return `${code} ${param}: ${message}`
}

function decode(format: string, body: Json, { model, streaming }: RequestCase): Conversation {
  const address = { model, streaming }
  formatOf(format).checkRequest(body, address)
  return chatOf(format).decodeRequest(body, address)
}

export function requestDeviations(one: RequestCase): Pin[] {
  const { id, client, upstream, vendor, model, asked, expected } = one
  const quirks = findProvider(vendor)?.quirks ?? {}
  const target = { ...targetOf(upstream, model), quirks }
  const body = attempt(() => {
    const conversation = decode(client, asked, one)
    const adapted = adaptConversation(conversation, chatOf(upstream).abilities(target)).conversation
    return JSON.parse(JSON.stringify(chatOf(upstream).encodeRequest(adapted, target).body)) as Json
  })
  if (body instanceof GatewayError)
    return expected === null ? [] : [{ key: id, field: 'refused', expected: null, got: wordsOf(body) }]
  if (expected === null)
    return one.refused === true ? [{ key: id, field: 'refused', expected: 'refused', got: brief(body) }] : []
  const wanted = attempt(() => wholeMeaningOf(decode(upstream, withModel(expected, model), one)))
  // What the source sends, we would not take from a client either.
  if (wanted instanceof GatewayError)
    return [{ key: id, field: 'unreadable', expected: wordsOf(wanted), got: brief(body) }]
  return differences(id, wanted, wholeMeaningOf(decode(upstream, withModel(body, model), one)))
}

function withModel(body: Json, model: string): Json {
  return 'model' in body ? body : { model, ...body }
}

function differences(key: string, wanted: Json, got: Json): Pin[] {
  return Object.keys(wanted)
    .filter(field => JSON.stringify(wanted[field]) !== JSON.stringify(got[field]))
    .map(field => ({ key, field, expected: brief(wanted[field]), got: brief(got[field]) }))
}

export function answerDeviations(one: AnswerCase): Pin[] {
  const { id, upstream, streamed, answer, reading } = one
  const bytes = Buffer.from(answer)
  const passed = streamed
    ? passStream([bytes], upstream, 'openai-chat')
    : passAnswer(bytes, upstream, 'openai-chat')
  if (passed.failure !== null)
    return [{ key: id, field: 'failure', expected: null, got: passed.failure.code }]
  const read = streamed
    ? openAiChatReader.readStream(passed.bytes)
    : openAiChatReader.readAnswer(JSON.parse(passed.bytes.toString()))
  const found = compareReadings({ ...read, ...reading }, read, 'openai-chat').map(
    ({ field, expected, got }) => ({ key: id, field, expected: brief(expected), got: brief(got) }),
  )
  return streamed ? found : [...found, ...wordDeviations(one, JSON.parse(passed.bytes.toString()))]
}

/** What a client reads in OpenAI's very words. */
function wordDeviations({ id, finishReason, logprobs, texts }: AnswerCase, answer: unknown): Pin[] {
  const choice = at(answer, 'choices', 0)
  const rows = [
    ['finish_reason', finishReason, at(choice, 'finish_reason')],
    ['logprobs', plainLogprobs(logprobs), plainLogprobs(at(choice, 'logprobs'))],
    ['texts', texts, listAt(answer, 'choices').map(one => textAt(one, 'message', 'content'))],
  ] as const
  return rows
    .filter(([, expected, got]) => expected !== undefined && canonical(expected) !== canonical(got))
    .map(([field, expected, got]) => ({ key: id, field, expected: brief(expected), got: brief(got) }))
}

/** Without what follows from the rest: the bytes of a token, and lists of alternatives that are empty. */
function plainLogprobs(logprobs: unknown): unknown {
  if (logprobs === undefined || logprobs === null) return logprobs
  const plain = ({ token, logprob, top_logprobs: top }: Json): Json => ({
    token,
    logprob,
    ...(Array.isArray(top) && top.length > 0 && { top_logprobs: top.map(one => plain(one as Json)) }),
  })
  return listAt(logprobs, 'content').map(plain)
}

export function errorDeviations(one: ErrorCase): Pin[] {
  const { id, client, upstream, provider, status, headers, body } = one
  const reader = createAnswerReader({
    format: formatOf(upstream),
    provider,
    errors: findProvider(provider)?.errors ?? [],
    passUsage: true,
    clock: createManualClock(),
  })
  const error = reader.readError({ status, headers, body: Buffer.from(body) })
  const shown = at(JSON.parse(formatOf(client).encodeError(error).toString()), 'error')
  return (['message', 'type'] as const)
    .filter(field => textAt(shown, field) !== one[field])
    .map(field => ({ key: id, field, expected: brief(one[field]), got: brief(at(shown, field)) }))
}

export function embeddingDeviations({ id, upstream, answer, expected }: VectorCase): Pin[] {
  const got = attempt(() => {
    const body = parse(answer)
    formatOf(upstream).readAnswer(Buffer.from(answer))
    const read = formatOf(upstream).embedding?.decodeResponse(body, { createId: () => 'id1' })
    return formatOf('openai-embeddings').embedding?.encodeResponse(read as EmbeddingAnswer, {
      ...context,
      asked: { model: 'a-model', inputs: ['Hello'], single: true },
    })
  })
  if (got instanceof GatewayError)
    return expected === null ? [] : [{ key: id, field: 'failure', expected: null, got: got.code }]
  if (expected === null) return [{ key: id, field: 'failure', expected: 'a failure', got: brief(got) }]
  const vectors = listAt(got, 'data').map(({ embedding }) => embedding)
  return differences(id, { ...expected }, { vectors, input: numberAt(got, 'usage', 'prompt_tokens') })
}

const context: Omit<EncodeContext<never>, 'asked'> = {
  id: 'exchange0001',
  created: 1_800_000_000,
  inputTokens: 0,
  createId: () => 'id1',
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('upstream_malformed', { cause })
  }
}

export function rankingDeviations({ id, answer, expected }: RankingCase): Pin[] {
  const got = attempt(() => formatOf('cohere-rerank').readAnswer(Buffer.from(answer)))
  if (got instanceof GatewayError)
    return expected === null ? [] : [{ key: id, field: 'failure', expected: null, got: got.code }]
  if (expected === null) return [{ key: id, field: 'failure', expected: 'a failure', got: brief(got) }]
  const { inputUncached, cacheRead, outputText } = got.usage ?? {
    inputUncached: 0,
    cacheRead: 0,
    outputText: 0,
  }
  return differences(id, { ...expected }, { input: inputUncached + cacheRead, output: outputText })
}

export function countDeviations({ id, format, asked }: CountCase): Pin[] {
  const got = attempt(() => formatOf(format).checkRequest(asked, { model: null, streaming: null }).model)
  return got === asked['model']
    ? []
    : [{ key: id, field: 'model', expected: asked['model'], got: String(got) }]
}
