// Makes of a request in the neutral form one in the format of a target, and a reader that brings the answer back.

import type { AnswerReader, ReadAnswer, StreamTap } from '../call.ts'
import type { Abilities } from '../conversation/abilities.ts'
import { adaptConversation } from '../conversation/adapt.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { inlineMedia, needsMedia } from '../conversation/inline-media.ts'
import { warnOfLostThoughts } from '../conversation/lost-thoughts.ts'
import type { Part } from '../conversation/parts.ts'
import type { CheckAnswer } from '../conversation/schema-check.ts'
import { GatewayError } from '../errors.ts'
import type {
  DecodeContext,
  EncodeContext,
  EncodedRequest,
  EncodeTarget,
  JsonObject,
  Translation,
} from '../formats/format.ts'
import { parseJson } from '../formats/shared/answer-body.ts'
import { factsOfCompletion } from '../formats/streams/stream-facts.ts'
import { TranslatingTap } from '../formats/streams/translating-tap.ts'
import { toUtf8 } from '../lib/utf8.ts'
import { whileWanted } from '../lib/while-wanted.ts'
import type { RemediedPlan } from './course.ts'
import type { Exchange } from './exchange.ts'
import { parameterEdits, refusedParameter, unsupportedParameter } from './parameters.ts'
import type { Plan } from './plan.ts'
import { remedyEdits } from './remedy.ts'
import type { Asked } from './request.ts'
import type { ProviderSide } from './snapshot.ts'
import { withoutReasoning } from './thought-memory.ts'
import { chatOf, destinationOf, foreignTo, translationOf } from './way.ts'

/** What of a request differs from target to target. */
export interface Prepared {
  readonly body: Buffer
  readonly headers: readonly string[]
  readonly continues?: true | undefined
  readonly reader: AnswerReader
}

/** @throws GatewayError `unsupported_parameter`, `invalid_request` */
export function translate(
  exchange: Exchange,
  asked: Asked,
  plan: RemediedPlan,
): Prepared | Promise<Prepared> {
  warnOfDropped(exchange, asked, plan)
  switch (asked.kind) {
    case 'chat':
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
  plan: RemediedPlan,
): Prepared | Promise<Prepared> {
  const { takesUrl } = chatOf(plan.way.format).abilities(encodeTarget(exchange, plan), conversation)
  const fetches = needsMedia(conversation, { takesUrl })
  if (!fetches && conversation.output?.type !== 'json_schema')
    return encodeChat(exchange, conversation, { ...plan, check: null })
  return prepareSlowly(exchange, conversation, { plan, takesUrl })
}

/** What the client's own format has comes back to it as it was. */
function warnOfDropped({ page }: Exchange, { dropped }: Asked, { way }: RemediedPlan): void {
  if (way.direct) return
  const fields = foreignTo(translationOf(way.format, way.operation), dropped)
  page.warnings.push(...fields.map(field => `dropped parameter ${field}`))
}

/** What has to be fetched or loaded first. */
async function prepareSlowly(
  exchange: Exchange,
  conversation: Conversation,
  { plan, takesUrl }: { readonly plan: RemediedPlan } & Pick<Abilities, 'takesUrl'>,
): Promise<Prepared> {
  const { fetchMedia, schemaChecker } = exchange.gateway
  const [whole, checker] = await inTime(exchange, wanted =>
    Promise.all([inlineMedia(conversation, { takesUrl }, url => fetchMedia(url, wanted)), schemaChecker()]),
  )
  return encodeChat(exchange, whole, { ...plan, check: checker(conversation) })
}

/** Neither the request's time nor its client's patience is longer because of what is fetched for it. */
async function inTime<Result>(
  { gateway: { alarms }, cancellation, deadline }: Exchange,
  work: (wanted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const wanted = new AbortController()
  try {
    return await whileWanted(work(wanted.signal), {
      alarms,
      cancellation,
      until: deadline,
      late: () => new GatewayError('deadline_exceeded'),
      left: () => new GatewayError('client_disconnected'),
    })
  } finally {
    wanted.abort()
  }
}

type CheckedPlan = RemediedPlan & { readonly check: CheckAnswer | null }

function encodeChat(exchange: Exchange, conversation: Conversation, plan: CheckedPlan): Prepared {
  const upstream = plan.way.format
  const client = exchange.call.endpoint.format
  const chat = chatOf(upstream)
  const answers = chatOf(client)
  const target = encodeTarget(exchange, plan)
  const { thoughts } = exchange.gateway
  const thinker = {
    keyId: exchange.page.keyId ?? '',
    format: upstream.name,
    model: plan.target.model,
  }
  const recalled = plan.remedy.withoutReasoning
    ? withoutReasoning(conversation)
    : thoughts.recall(conversation, thinker)
  exchange.page.warnings.push(...lostOnRecall(conversation, recalled))
  const abilities = chat.abilities(target, recalled)
  const { conversation: adapted, restore, restoreEvents } = adaptConversation(recalled, abilities)
  const encoded = chat.encodeRequest(adapted, target)
  const decoding = decodeContext(exchange)
  // What waits for the upstream holds no prompt: that is garbage now, and cheap to collect while it is young.
  const encoding = encodeContext(exchange, { ...conversation, messages: [] })
  return {
    ...write(exchange, encoded, plan),
    reader: {
      ...sideOf(exchange, plan).reader(upstream, true),
      readFull(body): ReadAnswer {
        const answer = chat.decodeResponse(parseJson(body.toString()), decoding)
        thoughts.remember(answer, thinker)
        const completion = restore(answer)
        refuseMisfit(plan.check?.(completion) ?? null)
        return {
          facts: factsOfCompletion(completion),
          body: toBytes(answers.encodeResponse(completion, encoding)),
        }
      },
      openTap: (): StreamTap =>
        new TranslatingTap({
          from: upstream.framing,
          to: client.framing,
          openDecoder(emit) {
            const listen = thoughts.listen(thinker)
            const pass = restoreEvents(emit)
            return chat.openDecoder(decoding, event => {
              listen(event)
              pass(event)
            })
          },
          openEncoder: write =>
            plan.joining?.openEncoder(encoding, write) ?? answers.openEncoder(encoding, write),
        }),
    },
  }
}

/** Thoughts that are known to be of another model of the same vendor, or that the target has refused. */
function lostOnRecall(told: Conversation, recalled: Conversation): readonly string[] {
  if (recalled === told) return []
  const kept = new Set<Part>(recalled.messages.flatMap(({ parts }) => parts))
  return warnOfLostThoughts(told.messages, thought => kept.has(thought))
}

/** An answer that does not fit the client's schema is none; another try may fit. */
function refuseMisfit(fault: string | null): void {
  if (fault === null) return
  const message = `The answer of the model does not fit the schema of the request: ${fault}.`
  throw new GatewayError('upstream_malformed', { message, param: 'response_format' })
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
        const answer = to.decodeResponse(parseJson(body.toString()), decoding)
        return { facts: reader.readFull(body).facts, body: toBytes(from.encodeResponse(answer, encoding)) }
      },
    },
  }
}

interface WholeTranslation<Question, Answer> {
  readonly plan: RemediedPlan
  /** Of the client. */
  readonly from: Translation<Question, Answer> | undefined
  /** Of the upstream. */
  readonly to: Translation<Question, Answer> | undefined
}

/** The encoded body as bytes, in the provider's own accent. */
function write(
  exchange: Exchange,
  { body, warnings, headers = [], continues }: EncodedRequest,
  plan: RemediedPlan,
): Pick<Prepared, 'body' | 'headers' | 'continues'> {
  const { page } = exchange
  page.warnings.push(...warnings.filter(warning => !page.warnings.includes(warning)))
  const { parameters, editsFor } = sideOf(exchange, plan)
  const fields = Object.keys(body)
  const refused = refusedParameter(parameters, { fields, body })
  if (refused !== null)
    throw unsupportedParameter(refused, plan.target.model, plan.target.connection.provider)
  const edits = Object.entries({
    ...parameterEdits(parameters, { fields, body }, page.warnings),
    ...remedyEdits(plan.remedy, body, page.warnings),
    ...editsFor?.(destinationOf(plan.way, { model: plan.target.model, streaming: page.streaming })),
  })
  return { body: toBytes(edits.length === 0 ? body : applyEdits(body, edits)), headers, continues }
}

function applyEdits(body: JsonObject, edits: readonly (readonly [string, string | null])[]): JsonObject {
  const edited: Record<string, unknown> = { ...body }
  for (const [field, text] of edits) {
    if (text === null) delete edited[field]
    else edited[field] = JSON.parse(text)
  }
  return edited
}

export function encodeTarget(exchange: Exchange, plan: Pick<Plan, 'target'>): EncodeTarget {
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

export function encodeContext<Question>(exchange: Exchange, asked: Question): EncodeContext<Question> {
  const { gateway, id, page, startedWall } = exchange
  return {
    asked,
    id,
    created: Math.floor(startedWall / 1000),
    inputTokens: gateway.estimateUsage(page.inputCharacters, 0).inputUncached,
    createId: gateway.createId,
    elapsedMs: () => gateway.clock.now() - exchange.startedAt,
  }
}

function sideOf({ snapshot }: Exchange, { target }: Pick<Plan, 'target'>): ProviderSide {
  return snapshot.providerOf(target)
}

function toBytes(value: JsonObject): Buffer {
  return toUtf8(JSON.stringify(value))
}
