// A request on its way: parsed, then what is kept of it while targets are tried, then what it asks in the neutral form.

import type { RequestTraits, Target } from '../call.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { EmbeddingRequest } from '../conversation/embedding.ts'
import { mendHistory } from '../conversation/mend-history.ts'
import type { RerankRequest } from '../conversation/rerank.ts'
import type { Form } from '../formats/form-body.ts'
import type {
  Address,
  FieldEdits,
  Format,
  JsonObject,
  PassingEdits,
  RequestFacts,
} from '../formats/format.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import { findFieldsAside, findOwnFields } from '../formats/shared/own-fields.ts'
import { promptFields } from '../routing/rules/index.ts'
import type { Exchange } from './exchange.ts'
import { translationOf, type Way } from './way.ts'

/** A request of which the shape was checked. */
export interface ParsedRequest {
  readonly bytes: Buffer
  readonly body: JsonObject
  /** Null where the body is JSON. */
  readonly form: Form | null
  readonly facts: RequestFacts
  readonly address: Address
  /** What it goes on from, in formats whose servers remember; absent where it stands alone. */
  readonly recalled?: Recalled
}

/** What a request goes on from. */
export interface Recalled {
  /** `provider/model` of the target that holds what is referred to, and so is asked first; null where none does. */
  readonly origin: string | null
  /** The body with everything in it: what is translated for a target that speaks another format. */
  readonly whole: JsonObject
  /**
   * What has to change in the client's bytes for a target of this format.
   * @throws GatewayError `unsupported_parameter` where it cannot be asked
   */
  editsFor(target: Target, warnings: string[]): FieldEdits
}

/** What is asked, in the neutral form, with the fields of the client's format that are left out on the way to another. */
export type Asked = { readonly dropped: readonly string[] } & (
  | { readonly kind: 'chat'; readonly conversation: Conversation }
  | { readonly kind: 'embedding'; readonly request: EmbeddingRequest }
  | { readonly kind: 'rerank'; readonly request: RerankRequest }
)

/** A request while it is tried: from this, each attempt makes its own. */
export interface PlannedRequest {
  readonly bytes: Buffer
  readonly form: Form | null
  /** The parsed parameters; the prompt is in the bytes alone. */
  readonly parameters: JsonObject
  readonly facts: RequestFacts
  /** Of the client's own bytes, before any target gets them. */
  readonly passing: PassingEdits
  /** For the first attempt that translates; null where every target speaks the client's format, and once it is used. */
  readonly asked: { first: Asked | null }
  readonly recalled: Recalled | null
  readonly traits: RequestTraits
}

const noEdits: PassingEdits = { edits: {}, warnings: [] }

/**
 * What the attempts need of a request. Where every target takes the client's bytes, the parsed prompt is let go of
 * before the upstream is asked: it is young garbage then, where it would grow old waiting for the answer.
 */
export function keepNeeded(
  { call }: Exchange,
  { bytes, body, form, facts, address, recalled }: ParsedRequest,
  { ways, traits }: { readonly ways: readonly Way[] } & Pick<PlannedRequest, 'traits'>,
): PlannedRequest {
  const { format } = call.endpoint
  const asked = { body: recalled?.whole ?? body, address }
  const translated = ways.find(({ direct }) => !direct)
  const passed = ways.some(({ direct }) => direct)
  return {
    bytes,
    form,
    parameters: keepParameters(body, facts),
    facts,
    passing: (passed && format.editsForPassing?.(body)) || noEdits,
    asked: { first: translated === undefined ? null : decode(format, asked, translated) },
    recalled: recalled ?? null,
    traits,
  }
}

/** What is asked, read once more from the bytes: for what turns out to be needed only after a refusal. */
export function readAsked({ call }: Exchange, { bytes, recalled }: PlannedRequest, way: Way): Asked {
  const body = recalled?.whole ?? parseJsonBody(bytes)
  return decode(call.endpoint.format, { body, address: call.address }, way)
}

function keepParameters(body: JsonObject, { fields }: RequestFacts): JsonObject {
  const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const field of fields) if (!promptFields.has(field)) kept[field] = body[field]
  return kept
}

function decode(
  format: Format,
  { body, address }: Pick<ParsedRequest, 'body' | 'address'>,
  { operation }: Way,
): Asked {
  const { name, chat, embedding, rerank } = format
  const rules = translationOf(format, operation)?.ownFields
  const dropped = rules === undefined ? [] : findOwnFields(body, rules).dropped
  if (operation === 'chat' && chat !== undefined) {
    const conversation = mendHistory(chat.decodeRequest(body, address))
    const aside = rules === undefined ? [] : findFieldsAside(conversation, name, rules).dropped
    return { kind: 'chat', conversation, dropped: [...dropped, ...aside] }
  }
  if (operation === 'embedding' && embedding !== undefined)
    return { kind: 'embedding', request: embedding.decodeRequest(body, address), dropped }
  if (operation === 'rerank' && rerank !== undefined)
    return { kind: 'rerank', request: rerank.decodeRequest(body, address), dropped }
  throw new Error(`${name} cannot be translated for ${operation}`)
}
