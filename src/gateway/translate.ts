// Makes of a request in the neutral form one in the format of a target, and a reader that brings the answer back.

import type { ReadAnswer, StreamTap } from '../call.ts'
import { adaptConversation } from '../conversation/adapt.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { inlineMedia, needsMedia } from '../conversation/inline-media.ts'
import { GatewayError } from '../errors.ts'
import type {
  DecodeContext,
  EncodeContext,
  EncodedRequest,
  EncodeTarget,
  JsonObject,
  Translation,
} from '../formats/format.ts'
import { factsOfCompletion } from '../formats/stream-facts.ts'
import { TranslatingTap } from '../formats/translating-tap.ts'
import type { Exchange } from './exchange.ts'
import { parameterEdits, refusedParameter } from './parameters.ts'
import type { Asked, Plan } from './plan.ts'
import type { Prepared } from './prepare.ts'
import type { ProviderSide } from './snapshot.ts'
import { chatOf } from './way.ts'

/** @throws GatewayError `unsupported_parameter`, `invalid_request` */
export function translate(exchange: Exchange, asked: Asked, plan: Plan): Prepared | Promise<Prepared> {
  switch (asked.kind) {
    case 'chat':
      exchange.page.warnings.push(...asked.dropped.map(field => `dropped parameter ${field}`))
      return translateChat(exchange, asked.conversation, plan)
    case 'embedding':
      return translateWhole(exchange, asked.request, {
        plan,
        from: exchange.call.endpoint.format.embedding,
        to: plan.way.format.embedding,
      })
    case 'rerank':
      return translateWhole(exchange, asked.request, {
        plan,
        from: exchange.call.endpoint.format.rerank,
        to: plan.way.format.rerank,
      })
  }
}

function translateChat(
  exchange: Exchange,
  conversation: Conversation,
  plan: Plan,
): Prepared | Promise<Prepared> {
  const { takesUrl } = chatOf(plan.way.format).abilities(encodeTarget(exchange, plan))
  if (!needsMedia(conversation, { takesUrl })) return encodeChat(exchange, conversation, plan)
  return inlineMedia(conversation, { takesUrl }, exchange.gateway.fetchMedia).then(whole =>
    encodeChat(exchange, whole, plan),
  )
}

function encodeChat(exchange: Exchange, conversation: Conversation, plan: Plan): Prepared {
  const upstream = plan.way.format
  const client = exchange.call.endpoint.format
  const chat = chatOf(upstream)
  const answers = chatOf(client)
  const target = encodeTarget(exchange, plan)
  const adapted = adaptConversation(conversation, chat.abilities(target))
  const encoded = chat.encodeRequest(adapted.conversation, target)
  const decoding = decodeContext(exchange)
  const encoding = encodeContext(exchange, conversation)
  return {
    ...write(exchange, encoded, plan),
    reader: {
      ...sideOf(exchange, plan).reader(upstream, true),
      readFull(body): ReadAnswer {
        const completion = adapted.restore(chat.decodeResponse(parseAnswer(body), decoding))
        return {
          facts: factsOfCompletion(completion),
          body: toBytes(answers.encodeResponse(completion, encoding)),
        }
      },
      openTap: (): StreamTap =>
        new TranslatingTap({
          from: upstream.framing,
          to: client.framing,
          openDecoder: emit => chat.openDecoder(decoding, adapted.restoreEvents(emit)),
          openEncoder: write => answers.openEncoder(encoding, write),
        }),
    },
  }
}

/** Operations without streams. */
function translateWhole<Question, Answer extends { readonly usage: unknown; readonly id: string }>(
  exchange: Exchange,
  asked: Question,
  { plan, from, to }: WholeTranslation<Question, Answer>,
): Prepared {
  if (from === undefined || to === undefined) throw new Error('no translation where the plan saw one')
  const encoded = to.encodeRequest(asked, encodeTarget(exchange, plan))
  const reader = sideOf(exchange, plan).reader(plan.way.format, true)
  const decoding = decodeContext(exchange)
  const encoding = encodeContext(exchange, asked)
  return {
    ...write(exchange, encoded, plan),
    reader: {
      ...reader,
      readFull(body): ReadAnswer {
        const answer = to.decodeResponse(parseAnswer(body), decoding)
        return { facts: reader.readFull(body).facts, body: toBytes(from.encodeResponse(answer, encoding)) }
      },
    },
  }
}

interface WholeTranslation<Question, Answer> {
  readonly plan: Plan
  /** Of the client. */
  readonly from: Translation<Question, Answer> | undefined
  /** Of the upstream. */
  readonly to: Translation<Question, Answer> | undefined
}

/** The encoded body as bytes, in the provider's own accent. */
function write(
  exchange: Exchange,
  { body, warnings, headers = [] }: EncodedRequest,
  plan: Plan,
): Pick<Prepared, 'body' | 'headers'> {
  const { page } = exchange
  page.warnings.push(...warnings)
  const { parameters } = sideOf(exchange, plan)
  const fields = Object.keys(body)
  const refused = refusedParameter(parameters, { facts: { ...noFacts, fields }, body })
  if (refused !== null) {
    const { provider } = plan.target.connection
    const message = `The parameter \`${refused}\` is not supported for \`${plan.target.model}\` by ${provider}.`
    throw new GatewayError('unsupported_parameter', { message, param: refused })
  }
  const edits = Object.entries(parameterEdits(parameters, { fields, body }, page.warnings))
  return { body: toBytes(edits.length === 0 ? body : applyEdits(body, edits)), headers }
}

const noFacts = { model: '', streaming: false, wantsStreamUsage: false, inputCharacters: 0 }

function applyEdits(body: JsonObject, edits: readonly (readonly [string, string | null])[]): JsonObject {
  const edited: Record<string, unknown> = { ...body }
  for (const [field, text] of edits) {
    if (text === null) delete edited[field]
    else edited[field] = JSON.parse(text)
  }
  return edited
}

function encodeTarget(exchange: Exchange, plan: Plan): EncodeTarget {
  const { streamUsage, quirks } = sideOf(exchange, plan)
  return {
    model: plan.target.model,
    maxOutputTokens: exchange.snapshot.maxOutputTokens(plan.target),
    streamUsage,
    quirks,
  }
}

function decodeContext({ gateway }: Exchange): DecodeContext {
  return { createId: gateway.createId }
}

function encodeContext<Question>(exchange: Exchange, asked: Question): EncodeContext<Question> {
  const { gateway, id, page, startedWall } = exchange
  return {
    asked,
    id,
    created: Math.floor(startedWall / 1000),
    inputTokens: gateway.estimateUsage(page.inputCharacters, 0).inputUncached,
    createId: gateway.createId,
  }
}

function sideOf({ snapshot }: Exchange, { target }: Plan): ProviderSide {
  return snapshot.providerOf(target)
}

function parseAnswer(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new GatewayError('upstream_malformed', {
      message: 'The answer of the provider is not JSON.',
      cause,
    })
  }
}

function toBytes(value: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(value))
}
