// Answers of another gateway's translator tests, whole or in parts. A part is put into the smallest answer of the
// provider that can hold it; what a client of chat completions then reads of it is compared.

import { openAiChatReader } from '../readers/openai-chat.ts'
import { formatOfApi, isJson, translatorRows } from './cases.ts'
import { type Json, listAt, numberAt, objectAt, textAt } from './json.ts'
import type { Reading } from './reading.ts'
import { withoutNulls } from './source-language.ts'

export interface AnswerCase {
  readonly id: string
  readonly upstream: string
  readonly streamed: boolean
  /** As the provider sends it. */
  readonly answer: string
  /** What the client reads; only what the source says. */
  readonly reading: Partial<Reading>
  /** What stands in the first choice, in OpenAI's words. */
  readonly finishReason?: unknown
  readonly logprobs?: unknown
  /** The texts of all choices. */
  readonly texts?: readonly string[]
}

interface Row {
  readonly part: unknown
  readonly expected: unknown
  readonly fields: Json
}

type Wrapped = Omit<AnswerCase, 'id' | 'upstream'>

function whole(answer: Json, rest: Omit<Wrapped, 'streamed' | 'answer'>): Wrapped {
  return { streamed: false, answer: JSON.stringify(answer), ...rest }
}

const words = [{ text: 'Hello' }]

function geminiAnswer(candidate: Json): Json {
  const { content = { parts: words }, ...rest } = candidate
  const said = { role: 'model', ...(content as Json) }
  return { candidates: [{ index: 0, content: said, finishReason: 'STOP', ...rest }] }
}

function geminiFinish({ part, expected, fields }: Row): Wrapped {
  const called = listAt(fields, 'toolCalls').map(call => ({
    functionCall: {
      name: textAt(call, 'function', 'name'),
      args: JSON.parse(textAt(call, 'function', 'arguments')),
    },
  }))
  const candidate = { content: { parts: [...words, ...called] }, finishReason: part }
  return whole(geminiAnswer(candidate), { reading: {}, finishReason: expected })
}

function geminiLogprobs({ part, expected }: Row): Wrapped {
  const logprobs = withoutNulls(expected) as Json
  return whole(geminiAnswer({ logprobsResult: withoutNulls(part) }), {
    reading: {},
    logprobs: 'content' in logprobs ? logprobs : null,
  })
}

function geminiParts(part: unknown): Json {
  return geminiAnswer({ content: { parts: (withoutNulls(part ?? []) as Json[]) ?? [] } })
}

/** The ids are counted there: any will do. */
function geminiCalls({ part, expected }: Row): Wrapped {
  const calls = ((expected ?? []) as Json[]).map(call => ({ ...call, id: '' }))
  const { toolCalls } = readMessage({ tool_calls: calls })
  return whole(geminiParts(part), { reading: { toolCalls } })
}

function geminiTexts({ part, expected, fields }: Row): Wrapped {
  return whole(geminiParts(part), {
    reading: { text: textAt(fields, 'expectedText'), reasoning: String(expected) },
  })
}

function geminiChoices({ part, expected }: Row): Wrapped {
  const [choice = {}] = expected as Json[]
  const { text, reasoning, finish } = openAiChatReader.readAnswer({ choices: [choice] })
  return whole({ candidates: part }, { reading: { text, reasoning, finish } })
}

function geminiChunk({ fields }: Row): Wrapped {
  const { text, finish } = readMessage({ content: 'Hello' })
  return {
    streamed: true,
    answer: `data: ${JSON.stringify(fields['gcpChunk'])}\n\n`,
    reading: { text, finish, usage: null },
  }
}

function readMessage(message: Json): Reading {
  return openAiChatReader.readAnswer({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
}

function anthropicAnswer(fields: Json): Json {
  const content = [{ type: 'text', text: 'Hello' }]
  return { id: 'msg_1', type: 'message', role: 'assistant', content, stop_reason: 'end_turn', ...fields }
}

function anthropicFinish({ part, expected }: Row): Wrapped {
  return whole(anthropicAnswer({ stop_reason: part }), { reading: {}, finishReason: expected })
}

function expectedUsage({ expected, fields }: Row): Partial<Reading> {
  return {
    usage: {
      input: Number(expected),
      cacheRead: numberAt(fields, 'expectedCachedTokens'),
      output: numberAt(fields, 'expectedOutputTokens'),
      reasoning: 0,
    },
  }
}

function anthropicUsage(row: Row): Wrapped {
  const { part, fields } = row
  const usage = isJson(part)
    ? part
    : {
        input_tokens: part,
        output_tokens: fields['outputTokens'],
        cache_read_input_tokens: fields['cacheReadTokens'],
        cache_creation_input_tokens: fields['cacheCreationTokens'],
      }
  return whole(anthropicAnswer({ usage }), { reading: expectedUsage(row) })
}

function anthropicStreamUsage(row: Row): Wrapped {
  const answer = typeof row.part === 'string' ? row.part : countedStream(row)
  return { streamed: true, answer, reading: expectedUsage(row) }
}

/** A stream that counts when it begins and when it ends. */
function countedStream({ part, fields }: Row): string {
  const begun = {
    input_tokens: part,
    cache_read_input_tokens: fields['messageStartCacheRead'],
    cache_creation_input_tokens: fields['messageStartCacheCreation'],
    output_tokens: 1,
  }
  const ended = {
    input_tokens: fields['messageDeltaInputTokens'],
    cache_read_input_tokens: fields['messageDeltaCacheRead'],
    cache_creation_input_tokens: fields['messageDeltaCacheCreation'],
    output_tokens: fields['messageDeltaOutputTokens'],
  }
  const events = [
    { type: 'message_start', message: anthropicAnswer({ content: [], stop_reason: null, usage: begun }) },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: withoutNulls(ended) },
    { type: 'message_stop' },
  ]
  return events.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

function wholeAnswer({ part, expected }: Row): Wrapped {
  if (typeof part === 'string') {
    const reading = openAiChatReader.readStream(Buffer.from(String(expected)))
    return { streamed: true, answer: part, reading }
  }
  const texts = listAt(expected, 'choices').map(choice => textAt(choice, 'message', 'content'))
  return whole(part as Json, { reading: openAiChatReader.readAnswer(expected), texts })
}

/** By the name of the test of the source. */
const wraps: Readonly<Record<string, (row: Row) => Wrapped>> = {
  TestGeminiFinishReasonToOpenAI: geminiFinish,
  TestGeminiLogprobsToOpenAILogprobs: geminiLogprobs,
  TestExtractToolCallsFromGeminiParts: geminiCalls,
  TestExtractTextAndThoughtSummaryFromGeminiParts: geminiTexts,
  TestGeminiCandidatesToOpenAIChoices: geminiChoices,
  TestOpenAIToGCPVertexAITranslatorV1ChatCompletion_StreamingResponseBody: geminiChunk,
  TestOpenAIToGCPVertexAITranslatorV1ChatCompletion_ResponseBody: wholeAnswer,
  TestFinishReasonTranslation: anthropicFinish,
  TestExtractLLMTokenUsage: anthropicUsage,
  TestExtractLLMTokenUsageFromUsage: anthropicUsage,
  TestExtractLLMTokenUsageFromDeltaUsage: anthropicUsage,
  TestAnthropicStreamParser_StreamingTokenUsage: anthropicStreamUsage,
  TestAnthropicStreamParserTokenUsage_NoDoubleCounting: anthropicStreamUsage,
  TestOpenAIToAWSAnthropicTranslatorV1ChatCompletion_ResponseBody: wholeAnswer,
  TestOpenAIToGCPAnthropicTranslatorV1ChatCompletion_ResponseBody: wholeAnswer,
  TestOpenAIToAWSBedrockTranslatorV1ChatCompletion_ResponseBody: wholeAnswer,
}

export const answerCases: readonly AnswerCase[] = translatorRows.flatMap(row => {
  const id = textAt(row, 'id')
  const wrap = wraps[id.split(':')[1] ?? '']
  const upstream = formatOfApi[textAt(row, 'upstream')]
  if (wrap === undefined || upstream === undefined) return []
  const wrapped = wrap({
    part: row['upstream_part'] ?? row['upstream_response'] ?? null,
    expected: row['client_part_expected'] ?? row['client_response_expected'] ?? null,
    fields: objectAt(row, 'all_fields'),
  })
  return { id, upstream, ...wrapped }
})
