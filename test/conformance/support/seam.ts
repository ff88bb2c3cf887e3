// The gateway's translation without sockets: bytes of an upstream in, bytes for a client out, through the very readers
// that the data plane uses.

import type { StreamTap } from '../../../src/call.ts'
import { adaptConversation } from '../../../src/conversation/adapt.ts'
import type { Conversation } from '../../../src/conversation/conversation.ts'
import { asGatewayError, GatewayError } from '../../../src/errors.ts'
import type {
  ChatTranslation,
  DecodeContext,
  EncodeContext,
  EncodeTarget,
  Format,
} from '../../../src/formats/format.ts'
import { formats } from '../../../src/formats/index.ts'
import { TranslatingTap } from '../../../src/formats/streams/translating-tap.ts'

/** Every wire format of a conversation, in the order of the board. */
export const chatFormats = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'cohere-chat',
  'bedrock-converse',
  'ollama-chat',
] as const

export const clientFormats: readonly string[] = [...chatFormats, 'openai-completions']

/** @throws Error for a format that is not in the list of formats */
export function formatOf(name: string): Format {
  const format = formats[name]
  if (format === undefined) throw new Error(`There is no format ${name}.`)
  return format
}

export function chatOf(name: string): ChatTranslation {
  const { chat } = formatOf(name)
  if (chat === undefined) throw new Error(`${name} has no conversations.`)
  return chat
}

export function canChat(name: string): boolean {
  return formats[name]?.chat !== undefined
}

/** Whether a client of the one format can be served by an upstream of the other. */
export function canPass(upstream: string, client: string): boolean {
  if (upstream === client) return formats[client] !== undefined
  return canChat(upstream) && canChat(client) && upstream !== 'openai-completions'
}

export interface Outcome {
  /** What the client gets. */
  readonly bytes: Buffer
  /** The failure that the gateway saw; for a stream that had begun, the bytes end with it. */
  readonly failure: GatewayError | null
}

const nothing = Buffer.alloc(0)

/** A model of today for each format: what a format can say depends on it. */
const models: Readonly<Record<string, string>> = {
  'openai-chat': 'gpt-4.1',
  'openai-responses': 'gpt-5.4',
  'openai-completions': 'gpt-3.5-turbo-instruct',
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-3-flash',
  'cohere-chat': 'command-a-03-2025',
  'bedrock-converse': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'ollama-chat': 'qwen3',
}

/** @param model another than the usual one of the format */
export function targetOf(format: string, model = models[format] ?? 'upstream-model'): EncodeTarget {
  return { model, maxOutputTokens: 64_000, streamUsage: 'ask', quirks: {} }
}

/** The shortest request that there is. */
function shortConversation(streaming: boolean): Conversation {
  return {
    model: 'test-model',
    streaming,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    wantsStreamUsage: true,
  }
}

/** Whole answers: what a client that speaks `client` gets when an upstream that speaks `upstream` answers so. */
export function passAnswer(body: Buffer, upstream: string, client: string): Outcome {
  try {
    if (upstream === client) {
      formatOf(client).readAnswer(body)
      return { bytes: body, failure: null }
    }
    const { decoding, encoding, conversation } = openContexts(false)
    const adapted = adaptConversation(conversation, chatOf(upstream).abilities(targetOf(upstream)))
    const completion = adapted.restore(chatOf(upstream).decodeResponse(parseAnswer(body), decoding))
    const answer = chatOf(client).encodeResponse(completion, encoding)
    return { bytes: Buffer.from(JSON.stringify(answer)), failure: null }
  } catch (thrown) {
    return { bytes: nothing, failure: ownFailure(thrown) }
  }
}

export function passStream(chunks: readonly Buffer[], upstream: string, client: string): Outcome {
  const tap = openTap(upstream, client)
  const out: Buffer[] = []
  try {
    for (const chunk of chunks) {
      const passed = tap.push(chunk)
      if (passed !== null) out.push(Buffer.from(passed))
    }
    out.push(tap.finish())
    return { bytes: Buffer.concat(out), failure: null }
  } catch (thrown) {
    const failure = ownFailure(thrown)
    if (out.length === 0) return { bytes: nothing, failure }
    out.push(tap.fail?.(failure) ?? formatOf(client).encodeStreamError(failure))
    return { bytes: Buffer.concat(out), failure }
  }
}

function openTap(upstream: string, client: string): StreamTap {
  if (upstream === client) return formatOf(client).openTap({ passUsage: true })
  const { decoding, encoding, conversation } = openContexts(true)
  const adapted = adaptConversation(conversation, chatOf(upstream).abilities(targetOf(upstream)))
  return new TranslatingTap({
    from: formatOf(upstream).framing,
    to: formatOf(client).framing,
    openDecoder: emit => chatOf(upstream).openDecoder(decoding, adapted.restoreEvents(emit)),
    openEncoder: write => chatOf(client).openEncoder(encoding, write),
  })
}

/** The same ids each time, so that the same stream gives the same bytes. */
export function openContexts(streaming: boolean): {
  decoding: DecodeContext
  encoding: EncodeContext<Conversation>
  conversation: Conversation
} {
  let count = 0
  const createId = (): string => `id${String(count++).padStart(8, '0')}`
  const conversation = shortConversation(streaming)
  const encoding = {
    asked: conversation,
    id: 'exchange0001',
    created: 1_800_000_000,
    inputTokens: 0,
    createId,
  }
  return { decoding: { createId }, encoding, conversation }
}

function parseAnswer(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new GatewayError('upstream_malformed', { cause })
  }
}

/** Whatever else is thrown is a mistake of ours, and must be seen. */
function ownFailure(thrown: unknown): GatewayError {
  if (!(thrown instanceof GatewayError)) throw thrown
  return asGatewayError(thrown)
}
