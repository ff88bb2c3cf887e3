// Answers chat completions by calling a model of the AI SDK in this process. The wire format on our side is OpenAI's, so
// that the layers around see a provider like any other.

import type { Connection, RawReply, RawSend, ReplyStream, UpstreamRequest } from '../../call.ts'
import { type Adapted, adaptConversation } from '../../conversation/adapt.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { type FetchMedia, inlineMedia } from '../../conversation/inline-media.ts'
import { mendHistory } from '../../conversation/mend-history.ts'
import { GatewayError } from '../../errors.ts'
import type { ChatTranslation, EncodeContext, WireEvent } from '../../formats/format.ts'
import { eventStream } from '../../formats/framing/event-stream.ts'
import { openAiChat } from '../../formats/openai-chat/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { Secret } from '../../lib/secret.ts'
import { encodeCall } from './call-options.ts'
import { decodeResult } from './completion.ts'
import { SdkStreamReader } from './events.ts'
import { describeFailure, readRefusal } from './failures.ts'
import { loadFactory, type PackagePlace } from './load-package.ts'
import type { ReadPart, SdkCall, SdkModel, SdkPart, SdkProvider, UrlPatterns } from './model.ts'
import { SdkReplyStream } from './reply-stream.ts'
import { Watch } from './watch.ts'

export interface AiSdkOptions {
  readonly place: PackagePlace
  readonly exportName: string | null
  /** Those of the configuration, for the function that makes the provider. */
  readonly options: JsonObject
  /** The configured name. */
  readonly name: string
  readonly baseUrl: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly fetchMedia: FetchMedia
}

const chat = wireChat()
const jsonHeaders = { 'content-type': 'application/json' }
const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8' }

function wireChat(): ChatTranslation {
  if (openAiChat.chat === undefined) throw new Error('the wire format has no conversations')
  return openAiChat.chat
}

export function createAiSdkAnswer(options: AiSdkOptions): RawSend {
  const providerOf = rememberProviders(options)
  return async request => {
    const { connection, model: modelId } = request.target
    const watch = new Watch(request, options.clock)
    try {
      const model = (await providerOf(request.key)).languageModel(modelId)
      const conversation = await readConversation(request, model, options.fetchMedia)
      return await answer({ request, conversation, model, watch, options })
    } catch (thrown) {
      watch.stop()
      if (watch.failure !== null) throw watch.failure
      const refusal = readRefusal(thrown)
      if (refusal !== null) return refusal
      throw describeFailure(thrown, connection.provider)
    }
  }
}

/** One for each key; a package that cannot be loaded is tried again with the next request. */
function rememberProviders(options: AiSdkOptions): (key: Secret | null) => Promise<SdkProvider> {
  const byKey = new Map<string, Promise<SdkProvider>>()
  return key => {
    const name = key?.reveal() ?? ''
    const known = byKey.get(name)
    if (known !== undefined) return known
    const made = makeProvider(options, key)
    byKey.set(name, made)
    made.catch(() => byKey.delete(name))
    return made
  }
}

async function makeProvider(options: AiSdkOptions, key: Secret | null): Promise<SdkProvider> {
  const { place, exportName, baseUrl, headers } = options
  const factory = await loadFactory(place, exportName)
  const provider = factory({
    // The one package that has no name of its own.
    ...(place.name === '@ai-sdk/openai-compatible' ? { name: options.name } : {}),
    ...(baseUrl === null ? {} : { baseURL: baseUrl }),
    ...(key === null ? {} : { apiKey: key.reveal() }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...options.options,
  })
  if (typeof provider.languageModel === 'function') return provider
  throw new GatewayError('no_provider', { message: `${place.name} makes no language models.` })
}

/** @throws GatewayError `unsupported_parameter`, `invalid_request` */
async function readConversation(
  { body, target }: UpstreamRequest,
  model: SdkModel,
  fetchMedia: FetchMedia,
): Promise<Conversation> {
  const parsed: unknown = JSON.parse(body.toString())
  const address = { model: target.model, streaming: null }
  const conversation = mendHistory(chat.decodeRequest(isObject(parsed) ? parsed : {}, address))
  const patterns: UrlPatterns = (await model.supportedUrls) ?? {}
  const takesUrl = (url: string, kind: 'image' | 'audio' | 'file'): boolean =>
    Object.entries(patterns).some(
      ([type, addresses]) => fitsKind(type, kind) && addresses.some(address => address.test(url)),
    )
  return inlineMedia(conversation, { takesUrl }, fetchMedia)
}

function fitsKind(mediaType: string, kind: 'image' | 'audio' | 'file'): boolean {
  if (mediaType === '*' || mediaType === '*/*') return true
  return kind === 'file' ? !/^(image|audio)\//.test(mediaType) : mediaType.startsWith(`${kind}/`)
}

interface Asking {
  readonly request: UpstreamRequest
  readonly conversation: Conversation
  readonly model: SdkModel
  readonly watch: Watch
  readonly options: AiSdkOptions
}

const abilities = { jsonSchema: true, customTools: false, toolName: /^[\w-]{1,64}$/, takesUrl: () => true }

function answer(asking: Asking): Promise<RawReply> {
  const { request, conversation, model, watch } = asking
  const adapted = adaptConversation(conversation, abilities)
  const { options, warnings } = encodeCall(adapted.conversation, model.specificationVersion)
  const asked = { adapted, call: { ...options, abortSignal: watch.signal }, warnings }
  return request.streaming ? answerStream(asking, asked) : answerWhole(asking, asked)
}

interface Asked {
  readonly adapted: Adapted
  readonly call: SdkCall
  /** What was left out on the way there. */
  readonly warnings: readonly string[]
}

async function answerWhole(asking: Asking, { adapted, call, warnings }: Asked): Promise<RawReply> {
  const { model, watch, options } = asking
  const context = contextOf(asking)
  const sentAt = options.clock.now()
  const result = await model.doGenerate(call)
  watch.stop()
  const completion = adapted.restore(decodeResult(result))
  return {
    status: 200,
    headers: jsonHeaders,
    body: Buffer.from(JSON.stringify(chat.encodeResponse(completion, context))),
    sentAt,
    warnings: [...warnings, ...tellWarnings(result.warnings)],
  }
}

async function answerStream(asking: Asking, { adapted, call, warnings }: Asked): Promise<RawReply> {
  const { model, watch, options } = asking
  const context = contextOf(asking)
  const sentAt = options.clock.now()
  const { stream } = await model.doStream(call)
  const parts = stream.getReader()
  // What the package leaves out of the request it says first.
  const first = await parts.read()
  watch.answered()
  const body = writeStream(asking, { parts, first, context, restore: adapted.restoreEvents })
  const told = first.value?.type === 'stream-start' ? (first.value['warnings'] as readonly SdkPart[]) : []
  return { status: 200, headers: streamHeaders, body, sentAt, warnings: [...warnings, ...tellWarnings(told)] }
}

interface Writing {
  readonly parts: ReadableStreamDefaultReader<SdkPart>
  readonly first: ReadPart
  readonly context: EncodeContext<Conversation>
  readonly restore: Adapted['restoreEvents']
}

function writeStream({ request, watch }: Asking, { parts, first, context, restore }: Writing): ReplyStream {
  const written: WireEvent[] = []
  const encoder = chat.openEncoder(context, event => written.push(event))
  const reader = new SdkStreamReader(restore(event => encoder.push(event)))
  const reply = new SdkReplyStream({
    parts,
    first,
    encode(part) {
      reader.push(part)
      return written.length === 0 ? null : eventStream.frame(written.splice(0))
    },
    finish: () => reader.end(),
    describe: thrown => watch.failure ?? describeStreamFailure(thrown, request.target.connection),
    watch,
  })
  watch.onFailure(failure => reply.fail(failure))
  return reply
}

function contextOf({ request, conversation, options }: Asking): EncodeContext<Conversation> {
  let ids = 0
  return {
    asked: conversation,
    id: request.id,
    created: Math.floor(options.clock.wall() / 1000),
    inputTokens: 0,
    createId: () => `${request.id}${ids++}`,
  }
}

/** What a package left out of the request on its own. */
function tellWarnings(warnings: readonly SdkPart[] = []): readonly string[] {
  return warnings.flatMap(({ type, setting, feature }) => {
    const name = setting ?? feature
    return type.startsWith('unsupported') && typeof name === 'string' ? [`dropped parameter ${name}`] : []
  })
}

/** An error of the vendor in the middle of a stream may have its status, as one before it has. */
function describeStreamFailure(thrown: unknown, { provider }: Connection): GatewayError {
  const refusal = readRefusal(thrown)
  if (refusal === null) return describeFailure(thrown, provider)
  const { code, message, upstreamCode } = openAiChat.decodeError(refusal)
  return new GatewayError(code, {
    message,
    provider,
    upstreamStatus: refusal.status,
    ...(upstreamCode === null ? {} : { upstreamCode }),
  })
}
