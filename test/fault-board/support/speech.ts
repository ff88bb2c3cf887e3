// What an upstream says in its wire format, in pieces, so that a fault can stand between any two of them.

import type { AnswerPart, FinishReason } from '../../../src/conversation/completion.ts'
import type { CompletionEvent, PartOpening } from '../../../src/conversation/completion-event.ts'
import { GatewayError } from '../../../src/errors.ts'
import type { WireEvent } from '../../../src/formats/format.ts'
import { writeAwsEvent } from '../../conformance/support/aws-events.ts'
import { cutByEvent } from '../../conformance/support/chunkings.ts'
import { chatOf, formatOf, openContexts } from '../../conformance/support/seam.ts'
import type { Speaker } from '../../support/speakers.ts'

/** The pieces of every answer: a fault in the middle comes behind the second. */
export const words = ['All is ', 'well ', 'that ends ', 'well.'] as const
export const wholeText = words.join('')
export const begunText = words.slice(0, 2).join('')

export const usage = {
  inputUncached: 20,
  cacheRead: 5,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 10,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

export type SpokenUsage = typeof usage | null

export interface Said {
  /** Text, or arguments of a call, in pieces. */
  readonly pieces?: readonly string[]
  readonly usage?: SpokenUsage
  readonly finish?: FinishReason
  /** What stands before the text, whole. */
  readonly before?: readonly Opened[]
  /** It fails behind the last piece, with an event that says so: the last frames of the stream. */
  readonly fails?: true
  /** What the pieces are; text where it is left out. */
  readonly opening?: PartOpening
}

/** A part that comes before the text, with all its text and, for a thought, its signature. */
export interface Opened {
  readonly opening: PartOpening
  readonly text: string
  readonly signature?: string
}

export interface SpokenStream {
  readonly opening: readonly Buffer[]
  /** Frames that begin with the one that holds the piece. */
  readonly pieces: readonly (readonly Buffer[])[]
  /** All behind the last piece, without the very last frame. */
  readonly ending: readonly Buffer[]
  readonly lastFrame: Buffer
}

export function speakStream(format: Speaker, said: Said = {}): SpokenStream {
  const frames = framesOf(format, said)
  const pieces = said.pieces ?? words
  const starts = placesOf(frames, pieces.map(inJson))
  const last = (starts.at(-1) ?? -1) + 1
  if (said.fails === true) frames.push(Buffer.concat(frames.splice(last)))
  return {
    opening: frames.slice(0, starts[0] ?? 0),
    pieces: starts.map((from, index) => frames.slice(from, starts[index + 1] ?? last)),
    ending: frames.slice(last, -1),
    lastFrame: frames.at(-1) ?? Buffer.alloc(0),
  }
}

function framesOf(format: Speaker, said: Said): Buffer[] {
  const { encoding } = openContexts(true)
  const written: WireEvent[] = []
  const asked = { ...encoding.asked, wantsStreamUsage: true }
  const encoder = chatOf(format).openEncoder({ ...encoding, asked, inputTokens: 25 }, event =>
    written.push(event),
  )
  for (const event of neutralEvents(said)) encoder.push(event)
  if (said.fails === true) encoder.fail(errorOf(500))
  return cutByEvent(formatOf(format).framing.frame(written), format).filter(({ length }) => length > 0)
}

function* neutralEvents(said: Said): Generator<CompletionEvent> {
  const { pieces = words, finish = 'stop', before = [] } = said
  const counted = said.usage === undefined ? usage : said.usage
  yield { type: 'start', id: 'answer0001', model: 'upstream-model', created: 1_700_000_000 }
  for (const [part, { opening, text, signature }] of before.entries()) {
    const place = { choice: 0, part }
    yield { type: 'part_start', ...place, opening }
    yield { type: 'part_delta', ...place, text }
    if (signature !== undefined) yield { type: 'part_detail', ...place, detail: { signature } }
    yield { type: 'part_end', ...place }
  }
  const place = { choice: 0, part: before.length }
  yield { type: 'part_start', ...place, opening: said.opening ?? { type: 'text' } }
  for (const text of pieces) yield { type: 'part_delta', ...place, text }
  if (said.fails === true) return
  yield { type: 'part_end', ...place }
  yield { type: 'finish', choice: 0, finish: { reason: finish } }
  if (counted !== null) yield { type: 'usage', usage: counted }
  yield { type: 'end' }
}

/** Where each piece first stands, one after the other. */
function placesOf(frames: readonly Buffer[], pieces: readonly string[]): number[] {
  let from = -1
  return pieces.map(piece => {
    from = frames.findIndex((frame, index) => index > from && frame.includes(piece))
    if (from === -1) throw new Error(`nothing says ${piece}`)
    return from
  })
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

export function speakWhole(format: Speaker, said: Said = {}): Buffer {
  const { encoding } = openContexts(false)
  const { pieces = words, finish = 'stop', before = [] } = said
  const counted = said.usage === undefined ? usage : said.usage
  const parts = [...before, { opening: said.opening ?? { type: 'text' as const }, text: pieces.join('') }]
  const completion = {
    id: 'answer0001',
    model: 'upstream-model',
    created: 1_700_000_000,
    choices: [{ parts: parts.map(wholePart), finish: { reason: finish } }],
    usage: counted,
  }
  return Buffer.from(JSON.stringify(chatOf(format).encodeResponse(completion, encoding)))
}

function wholePart({ opening, text, signature }: Opened): AnswerPart {
  if (opening.type === 'tool_call') return { ...opening, arguments: text }
  return { ...opening, text, ...(signature !== undefined && { signature }) }
}

/** The last frame of a stream of Bedrock's holds its count, and a checksum. */
const uncountedFrame = writeAwsEvent({
  type: 'metadata',
  kind: 'event',
  data: JSON.stringify({ metrics: { latencyMs: 5 } }),
})

const countFields: ReadonlySet<string> = new Set([
  'usage',
  'usageMetadata',
  'prompt_eval_count',
  'eval_count',
  'meta',
])

/** The same without anything that counts tokens. */
export function withoutUsage(format: Speaker, frames: readonly Buffer[]): readonly Buffer[] {
  if (format === 'bedrock-converse' && frames.length > 1) return [...frames.slice(0, -1), uncountedFrame]
  return frames.map(frame => {
    const [head = '', json = ''] = splitAt(frame.toString(), frame.indexOf('{'))
    return json === '' || head.includes('[DONE]') ? frame : Buffer.from(head + rewrite(json))
  })
}

function splitAt(text: string, place: number): readonly string[] {
  return place === -1 ? [text] : [text.slice(0, place), text.slice(place)]
}

function rewrite(json: string): string {
  const text = json.trimEnd()
  const kept = JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    countFields.has(key) ? undefined : value,
  )
  return kept + json.slice(text.length)
}

/** A frame that is whole and says nothing that could be read. */
export function brokenFrame(format: Speaker): Buffer {
  const broken = '{"broken": '
  if (format === 'bedrock-converse')
    return writeAwsEvent({ type: 'contentBlockDelta', kind: 'event', data: broken })
  if (format === 'ollama-chat') return Buffer.from(`${broken}\n`)
  const name = format === 'anthropic-messages' ? 'event: content_block_delta\n' : ''
  return Buffer.from(`${name}data: ${broken}\n\n`)
}

/** The body of an error that means nothing but that something failed. */
export function errorBody(format: Speaker, status: number): Buffer {
  return formatOf(format).encodeError(errorOf(status))
}

/** An error as an event of a stream. */
export function errorFrame(format: Speaker): Buffer {
  return formatOf(format).encodeStreamError(errorOf(500))
}

function errorOf(status: number): GatewayError {
  const message = 'Something went wrong here.'
  if (status === 429) return new GatewayError('upstream_rate_limited', { message })
  return new GatewayError(status === 500 ? 'upstream_error' : 'upstream_overloaded', { message })
}

/** A prompt that is too long, in the words of each vendor. */
export const tooLong: Readonly<Record<Speaker, object>> = {
  'openai-chat': openAiError(
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 200000 tokens.",
    'context_length_exceeded',
  ),
  'openai-responses': openAiError(
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    'context_length_exceeded',
  ),
  'anthropic-messages': anthropicError('prompt is too long: 200001 tokens > 200000 maximum'),
  gemini: {
    error: {
      code: 400,
      message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      status: 'INVALID_ARGUMENT',
    },
  },
  'cohere-chat': {
    message: 'too many tokens: size limit exceeded by 1000 tokens. Try using shorter or fewer inputs.',
  },
  'bedrock-converse': {
    __type: 'ValidationException',
    message: 'Input is too long for requested model.',
  },
  'ollama-chat': { error: 'the input length exceeds the context length' },
}

/** A refusal of a filter that is an error; some vendors tell of it in an answer instead. */
export const filtered: Readonly<Partial<Record<Speaker, { status: number; body: object }>>> = {
  'openai-chat': {
    status: 400,
    body: openAiError(
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      'content_filter',
    ),
  },
  'openai-responses': {
    status: 400,
    body: openAiError(
      'Your request was rejected as a result of our safety system.',
      'content_policy_violation',
    ),
  },
  'anthropic-messages': { status: 400, body: anthropicError('Output blocked by content filtering policy') },
  'cohere-chat': { status: 498, body: { message: 'blocked input: contains a blocked word' } },
}

function openAiError(message: string, code: string): object {
  return { error: { message, type: 'invalid_request_error', param: 'messages', code } }
}

function anthropicError(message: string): object {
  return { type: 'error', error: { type: 'invalid_request_error', message } }
}
