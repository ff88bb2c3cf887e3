// From the neutral form to a request for a response.

import type {
  Conversation,
  Effort,
  Message,
  OutputFormat,
  ReasoningRequest,
} from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { otherFields } from '../shared/aside.ts'
import { clamped } from '../shared/unsayable.ts'
import { encodeInput, warnOfMarkers } from './encode-input.ts'
import { encodeToolChoice, encodeTools } from './encode-tools.ts'
import { known } from './own-fields.ts'
import { formatName, ownExtra } from './wire.ts'

/** All else that a client of this format wrote goes as it came. */
const spokenFor: ReadonlySet<string> = new Set(known)

/** @throws GatewayError `unsupported_parameter` */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest {
  const warnings: string[] = []
  refuseWhatCannotBeSaid(conversation)
  warnOfMarkers(conversation, warnings)
  const tools = encodeTools(conversation, warnings)
  const { instructions, messages } = takeInstructions(conversation.messages)
  const body = {
    model: target.model,
    ...(tools.length > 0 && encodeToolSettings(conversation, tools)),
    ...(instructions !== null && { instructions }),
    input: encodeInput(messages, warnings),
    ...encodeSampling(conversation, warnings),
    ...encodeText(conversation),
    ...encodeReasoning(conversation.reasoning),
    ...encodeEnvelope(conversation),
    ...encodeKeeping(conversation, target),
    ...otherFields(ownExtra(conversation.extra), spokenFor),
    ...(conversation.streaming && { stream: true }),
  }
  return { body, warnings }
}

/** Stop sequences, several answers and biases change what is said; nothing here can stand in for them. */
function refuseWhatCannotBeSaid({ sampling }: Conversation): void {
  const { stop, choices, logitBias } = sampling
  if (stop !== undefined && stop.length > 0) throw refuse('stop')
  if (choices !== undefined && choices > 1) throw refuse('n')
  if (logitBias !== undefined && Object.keys(logitBias).length > 0) throw refuse('logit_bias')
}

function refuse(param: string): GatewayError {
  const message = `The parameter \`${param}\` is not supported by the Responses API.`
  return new GatewayError('unsupported_parameter', { message, param })
}

/** Instructions of a client of this format stand where it put them; other system messages keep their place. */
function takeInstructions(messages: readonly Message[]): {
  readonly instructions: string | null
  readonly messages: readonly Message[]
} {
  const [first, ...rest] = messages
  const [part] = first?.parts ?? []
  if (first === undefined || ownExtra(first.extra)['instructions'] !== true || part?.type !== 'text')
    return { instructions: null, messages }
  return { instructions: part.text, messages: rest }
}

function encodeToolSettings(conversation: Conversation, tools: readonly JsonObject[]): JsonObject {
  const { toolChoice, parallelToolCalls } = conversation
  return {
    tools,
    ...(toolChoice !== undefined && { tool_choice: encodeToolChoice(toolChoice, conversation.tools) }),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
  }
}

function encodeSampling({ sampling }: Conversation, warnings: string[]): JsonObject {
  const { maxTokens, temperature, topP, topK, seed, frequencyPenalty, presencePenalty, logprobs } = sampling
  const unknown = {
    top_k: topK,
    seed,
    frequency_penalty: frequencyPenalty || undefined,
    presence_penalty: presencePenalty || undefined,
  }
  for (const [name, value] of Object.entries(unknown))
    if (value !== undefined) warnings.push(`dropped parameter ${name}`)
  return {
    ...(maxTokens !== undefined && { max_output_tokens: atLeastFew(maxTokens, warnings) }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(logprobs !== undefined && logprobs > 0 && { top_logprobs: logprobs }),
  }
}

/** A smaller limit is refused. https://platform.openai.com/docs/api-reference/responses/create */
const fewestTokens = 16

function atLeastFew(maxTokens: number, warnings: string[]): number {
  return clamped('max_tokens', maxTokens, { from: fewestTokens, to: Number.POSITIVE_INFINITY, warnings })
}

function encodeText({ output, extra }: Conversation): JsonObject {
  const own = ownExtra(extra)['text']
  const verbosity = typeof own === 'object' && own !== null && 'verbosity' in own ? own.verbosity : undefined
  const text = {
    ...(output !== undefined && output.type !== 'text' && { format: encodeFormat(output) }),
    ...(isText(verbosity) && { verbosity }),
  }
  return Object.keys(text).length === 0 ? {} : { text }
}

function encodeFormat(output: Exclude<OutputFormat, { readonly type: 'text' }>): JsonObject {
  if (output.type === 'json') return { type: 'json_object' }
  const { name = 'response', description, schema, strict } = output
  return {
    type: 'json_schema',
    name,
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  }
}

function encodeReasoning(asked: ReasoningRequest | undefined): JsonObject {
  const effort = asked?.effort ?? effortOf(asked?.budgetTokens)
  const { summary = asked?.visible === true ? 'auto' : undefined } = ownExtra(asked?.extra)
  const reasoning = { ...(effort !== undefined && { effort }), ...(summary !== undefined && { summary }) }
  return Object.keys(reasoning).length === 0 ? {} : { reasoning }
}

/** Tokens for thinking, as the effort that comes nearest. */
function effortOf(budget: number | undefined): Effort | undefined {
  if (budget === undefined || budget < 0) return undefined
  if (budget === 0) return 'none'
  if (budget <= 4096) return 'low'
  return budget <= 16_384 ? 'medium' : 'high'
}

function encodeEnvelope({ user, serviceTier, metadata, cacheKey }: Conversation): JsonObject {
  return {
    ...(user !== undefined && { user }),
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
    ...(metadata !== undefined && Object.keys(metadata).length > 0 && { metadata }),
    ...(cacheKey !== undefined && { prompt_cache_key: cacheKey }),
  }
}

/** Nobody who speaks another format can refer to a response that is kept; so thoughts have to travel with the history. */
function encodeKeeping(conversation: Conversation, { model, quirks }: EncodeTarget): JsonObject {
  const own = ownExtra(conversation.extra)
  const asked = Array.isArray(own['include']) ? own['include'].filter(isText) : []
  const include = new Set(asked)
  if (conversation.sampling.logprobs !== undefined) include.add('message.output_text.logprobs')
  if (thinks(conversation) || quirks.openAiResponses?.encryptsReasoning?.test(model) === true)
    include.add('reasoning.encrypted_content')
  return { ...(include.size > 0 && { include: [...include] }), store: own['store'] ?? false }
}

/** Who asks for thoughts, or brings some, asks a model that has them. */
function thinks({ reasoning, messages }: Conversation): boolean {
  if (reasoning?.effort === 'none' || reasoning?.budgetTokens === 0) return false
  return (
    reasoning !== undefined ||
    messages.some(({ parts }) =>
      parts.some(
        part => part.type === 'reasoning' && part.origin === formatName && part.encrypted !== undefined,
      ),
    )
  )
}
