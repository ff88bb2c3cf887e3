// What has to be read of each recording. That is what an independent client read of it (its normal form), but where
// that client has a gap: there, what our own reader of the provider's format reads of the very bytes. Each gap is named.

import type { ErrorCode } from '../../../src/errors.ts'
import { readers } from '../readers/index.ts'
import type { Reading } from './reading.ts'
import { normalForms, type Recording, readRecording } from './recordings.ts'

type Field = Exclude<keyof Reading, 'error'>

interface Gap {
  readonly reason: string
  readonly files: RegExp
  /** Taken from the bytes. */
  readonly fields: readonly Field[]
}

const everything: readonly Field[] = ['text', 'reasoning', 'toolCalls', 'finish', 'usage']

const gaps: readonly Gap[] = [
  {
    reason: 'the source does not know `usage.cached_tokens` yet',
    files: /^cohere\/chat_v2\//,
    fields: ['usage'],
  },
  {
    reason: 'the source leaves out the plan: what a model says beside its calls is text',
    files: /^cohere\/chat_v2\//,
    fields: ['text'],
  },
  {
    reason: 'the source reads no `reasoning_details`',
    files: /^snowflake\/chat\//,
    fields: ['reasoning'],
  },
  {
    reason: 'the source does not look for cached tokens at the top of the usage',
    files: /^moonshot\/chat\//,
    fields: ['usage'],
  },
  {
    reason: 'the recording holds several answers, one after the other: the first is the answer',
    files:
      /ver-(anthropic-(programmatic-tool-calling|tool-search-)|azure-reasoning-encrypted|openai-reasoning-encrypted|openai-shell-tool).*chunks/,
    fields: everything,
  },
  {
    reason: 'the source leaves `toolUsePromptTokenCount` out of the input',
    files: /^(gemini|vertex)\/generateContent\//,
    fields: ['usage'],
  },
  {
    reason: 'the source drops the last event of a stream that ends without a blank line',
    files:
      /^(anthropic\/messages\/apy-.*\.sse|gemini\/generateContent\/fbx-streaming-success-(finish-message|no-content-parts)|vertex\/generateContent\/fbx-streaming-success-quotes-escaped)/,
    fields: everything,
  },
  {
    reason: 'the source shows summaries of reasoning alone, and leaves out `reasoning_text`',
    files: /^(deepseek|lmstudio|openrouter|openai|azure)\/responses\//,
    fields: ['reasoning'],
  },
  {
    reason: 'the source does not read `function_call`, which came before `tool_calls`',
    files: /^openai\/chat\/oll-openai_functions-/,
    fields: ['toolCalls', 'finish'],
  },
  {
    reason:
      'the source takes a refusal for a filter: to the provider it is an answer that ended as it should',
    files: /refus/,
    fields: ['finish'],
  },
  {
    reason: 'the source mixes the texts of three choices',
    files: /^openai\/chat\/opy-n3-/,
    fields: ['text'],
  },
  {
    reason: 'a compacted history is no text of the answer: it goes back to the provider as it is',
    files: /compaction/,
    fields: ['text'],
  },
  {
    reason: 'the source shortens the ids of calls for one vendor',
    files: /^bedrock\/converse\/pyd-bedrock_media_kind_delivered_in_tool_result_mistral/,
    fields: ['toolCalls'],
  },
  {
    reason:
      "calls of the provider's own tools are no calls of functions: other clients could not answer them",
    files: /^openai\/responses\/.*(apply-patch|tool-search|tool_search|shell)/,
    fields: ['toolCalls', 'finish'],
  },
  {
    reason: 'the source writes the text of a custom tool as JSON',
    files: /^openai\/responses\/ver-openai-custom-tool/,
    fields: ['toolCalls'],
  },
  {
    reason: 'the source takes a call of a tool that the provider runs for one of the client',
    files: /^bedrock\/converse\/pyd-bedrock_model_with_code_execution_tool/,
    fields: ['toolCalls', 'finish'],
  },
  {
    reason: 'the source has no word for an answer that the model armour stopped',
    files: /model_armor/,
    fields: ['finish'],
  },
  {
    reason: 'the source stops at an event that it does not know',
    files:
      /^(xai\/responses\/ver-xai-image-generation-tool|bedrock\/converse\/pyd-bedrock_model_code_execution_tool_stream)/,
    fields: everything,
  },
  {
    reason: 'the source has no word for a blocked prompt',
    files: /^(gemini|vertex)\/generateContent\/.*(prompt-blocked|prompt-feedback)/,
    fields: ['finish'],
  },
]

interface Failing {
  readonly reason: string
  readonly code: ErrorCode
  readonly files: RegExp
}

/** Answers that are none, mostly made by hand: the gateway has to say so, where the source takes what it can get. */
const failing: readonly Failing[] = [
  {
    reason: 'events of two streams mixed, of another format, or cut within the JSON',
    code: 'upstream_malformed',
    files:
      /(ver-spliced-message-start\.res|ver-azure-deepseek-reasoning\.1\.res|ver-parallel-tool-call-wrapper\.1\.res\.chunks)/,
  },
  {
    reason: 'JSON of another kind, or none',
    code: 'upstream_malformed',
    files:
      /fbx-(streaming-failure-invalid-json|unary-failure-invalid-response|unary-success-(detailed-token-response|no-billable-characters|total-tokens))/,
  },
  {
    reason: 'no content, and no reason that explains it',
    code: 'upstream_error',
    files: /fbx-unary-failure-(only-prompt-feedback|with-message-no-content|empty-content|malformed-content)/,
  },
  {
    reason: 'an error stands in the stream, without the frame of an event',
    code: 'upstream_error',
    files: /fbx-streaming-failure-error-mid-stream/,
  },
  {
    reason: 'the stream ends without a finishReason',
    code: 'upstream_truncated',
    files:
      /(gen-entStream_ML_Dev_should_return_the_headers|fbx-streaming-failure-(empty|malformed)-content|fbx-streaming-success-quotes-escaped)/,
  },
]

/** The failure that the gateway has to see in an answer; null where it has to see none. */
export function expectedFailure({ file }: Recording): ErrorCode | null {
  return failing.find(({ files }) => files.test(file))?.code ?? null
}

export interface Expectation {
  readonly reading: Reading
  /** Why some of it is not the normal form. */
  readonly reasons: readonly string[]
}

/**
 * @param client the format of the client; one that speaks the provider's gets the provider's bytes, dialect and all
 * @returns null where the recording cannot be read at all
 */
export function expectationOf(recording: Recording, client: string): Expectation | null {
  const wire = readNatively(recording)
  const failure = expectedFailure(recording)
  if (failure === 'upstream_malformed') return null
  if (failure !== null) return wire && { reading: { ...wire, error: 'expected' }, reasons: [] }
  if (wire !== null && client === recording.format) return { reading: wire, reasons: [] }
  const form = normalForms.get(recording.file)
  if (form === undefined) return wire === null ? null : { reading: wire, reasons: [] }
  const known = gaps.filter(({ files }) => files.test(recording.file))
  let reading: Reading = { ...form, toolCalls: withWireIds(form, wire) }
  for (const { fields } of known) for (const field of fields) reading = takeField(reading, wire, field)
  return {
    reading: {
      ...reading,
      error: wire?.error ?? null,
      finish: settledFinish(reading),
      usage: wire?.usage === null && reading.usage?.output === 0 ? null : reading.usage,
    },
    reasons: known.map(({ reason }) => reason),
  }
}

function takeField(reading: Reading, wire: Reading | null, field: Field): Reading {
  return wire === null ? reading : { ...reading, [field]: wire[field] }
}

/** The source makes ids up where the provider gives none: then any will do, said by an empty one. */
function withWireIds({ toolCalls }: Reading, wire: Reading | null): Reading['toolCalls'] {
  return toolCalls.map((call, index) => (wire?.toolCalls[index]?.id === '' ? { ...call, id: '' } : call))
}

/** A reason that is unknown or missing means a normal end where there is content. */
function settledFinish({ finish, toolCalls, text, reasoning }: Reading): Reading['finish'] {
  if (finish !== 'other' && finish !== null) return finish
  if (toolCalls.length > 0) return 'tool-calls'
  return text === '' && reasoning === '' ? finish : 'stop'
}

function readNatively(recording: Recording): Reading | null {
  const bytes = readRecording(recording)
  try {
    const reader = readers[recording.format]
    if (reader === undefined) return null
    return recording.streamed ? reader.readStream(bytes) : reader.readAnswer(JSON.parse(bytes.toString()))
  } catch {
    return null
  }
}
