// What one configuration means to a request: live objects, never changed, replaced as a whole. A request keeps the
// snapshot that it began with.

import type { IncomingHttpHeaders } from 'node:http'
import type { AnswerReader, Connection, Destination, Operation, Target, Usage } from '../call.ts'
import type { ListedModel } from '../endpoints/models.ts'
import type { CostStatus, RouteDecision, UsageSource } from '../events.ts'
import type { FieldEdits, Format, JsonObject } from '../formats/format.ts'
import type { Quirks } from '../formats/quirks.ts'
import type { ParameterRule } from '../providers/provider.ts'
import type { RouteFacts, StrategyName } from '../routing/index.ts'
import type { ConversationName, ConversationQuestion } from '../routing/rules/index.ts'
import type { RoutePolicy } from './route-policy.ts'

export interface Principal {
  readonly keyId: string
  readonly tenant: string
  /** Of a signed request: nobody is known before its body has passed. @throws GatewayError 401 */
  readonly checkBody?: (body: Buffer) => void
}

/** What a signature is over, beside the headers. */
export interface RequestLine {
  readonly method: string
  /** Path and query, as received. */
  readonly target: string
}

export interface RateDecision {
  readonly allowed: boolean
  readonly retryAfterMs: number
}

export interface Cost {
  readonly nanoUsd: number | null
  readonly status: CostStatus
}

/** What an answer was worth, known before it is sent. */
export interface Account {
  readonly usage: Usage | null
  readonly usageSource: UsageSource
  readonly costNanoUsd: number | null
  readonly costStatus: CostStatus
}

/** What differs from provider to provider while a request is prepared and its answer read. */
export interface ProviderSide {
  readonly parameters: Readonly<Record<string, ParameterRule>>
  readonly streamUsage: 'ask' | 'reject'
  readonly quirks: Quirks
  /** The formats that it speaks for an operation, in the order of preference; empty where it does not offer it. */
  formatsFor(operation: Operation, model: string): readonly Format[]
  /** What has to change in every body of a format, beside the model. */
  editsFor?(destination: Destination): FieldEdits
  /** Reads answers whose bytes go to the client as they are. */
  reader(format: Format, passUsage: boolean): AnswerReader
}

/** A provider to which requests can be passed on as they come. */
export interface RelayProvider {
  readonly connection: Connection
  readonly side: ProviderSide
  /** Those that it offers, and its operator allows. */
  readonly operations: readonly Operation[]
  /** Completes "The provider …"; null where it can be used. */
  readonly unusableReason: string | null
}

/** What the rules of the routes may look at. */
export interface AskedRoute {
  readonly facts: RouteFacts
  readonly tenant: string
  readonly keyId: string | null
  readonly headers: IncomingHttpHeaders
  /** The parsed body. */
  readonly body: JsonObject
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface ChosenRoute {
  /** The name of the rule that matched; null where none did. */
  readonly rule: string | null
  /** The name to resolve. */
  readonly model: string
  /** Names whose targets follow. */
  readonly others: readonly string[]
  readonly strategy: StrategyName
  readonly policy: RoutePolicy
  /** Where the request fell; null where the rule splits nothing. */
  readonly split: RouteDecision['split']
  /** A copy goes there; null for none. */
  readonly shadow: ShadowPolicy | null
}

/** A copy of a request whose answer nobody reads. */
export interface ShadowPolicy {
  /** The name to resolve. */
  readonly use: string
  /** Copies under way at once, of all that go to that name. */
  readonly maxConcurrent: number
  readonly timeoutMs: number
}

export interface RankedTargets {
  readonly order: readonly Target[]
  readonly ranking: Pick<RouteDecision, 'strategy' | 'seed' | 'scores' | 'propensity' | 'affinity'>
  /** By what the conversation is known again, where that may matter to its next turn. */
  readonly conversation: ConversationName | null
}

/** A rule that was looked at, and why it does not fit; null for the one that does. */
export interface RuleVerdict {
  readonly rule: string
  readonly misfit: string | null
}

export interface Snapshot {
  readonly version: string
  readonly totalMs: number
  readonly pingAfterMs: number
  readonly maxBodyBytes: number
  /** Of a body that is passed on while it comes. */
  readonly maxUploadBytes: number
  readonly bodyTimeoutMs: number
  /** Header of this gateway's keys beside the usual ones, lower case. */
  readonly keyHeader: string
  /** In the order of the configuration. */
  readonly relays: readonly RelayProvider[]
  /**
   * @param line for requests that may be signed
   * @throws GatewayError 401
   */
  authenticate(headers: IncomingHttpHeaders, remoteAddress: string | undefined, line?: RequestLine): Principal
  /** Takes one request from the key's limit; null where there is no limit. */
  takeRate(keyId: string): { readonly decision: RateDecision; readonly headers: readonly string[] } | null
  /** Every target that may answer, best first, never empty. @throws GatewayError 404, 503 */
  resolve(model: string, operation: Operation): readonly Target[]
  /** Which route a request takes; before its targets are known, as a rule may name others. */
  chooseRoute(asked: AskedRoute): ChosenRoute
  /** The targets in the order in which they are to be tried. */
  rank(targets: readonly Target[], route: ChosenRoute, asked: AskedRoute): RankedTargets
  /** The rules up to the one that fits: for those who ask why. */
  explainRules(asked: AskedRoute): readonly RuleVerdict[]
  /** Told of each request that takes a route, so that the next one has another turn. */
  countRoute(model: string): void
  /**
   * Asks the other instances where the conversation of a request is, so that `rank` knows it when the promise is kept;
   * null where there is nothing to wait for. The function itself is null where it never could be of use.
   */
  readonly lookUpConversation: ((question: ConversationQuestion) => Promise<unknown> | null) | null
  /** Told where a conversation was answered. */
  keepConversation(conversation: ConversationName, targetId: string): void
  /**
   * Whether somebody may ask for a name at all, as it stands in the request: a model, an alias, a group, or
   * `provider/model`. What the operator's rules and fallbacks make of it is not asked again.
   */
  mayUse(principal: Pick<Principal, 'keyId' | 'tenant'>, model: string): boolean
  /** Every name that may be asked for, sorted. */
  listModels(): readonly ListedModel[]
  findModel(name: string): ListedModel | null
  providerOf(target: Target): ProviderSide
  /** The longest answer of a model in tokens; null where nobody knows. */
  maxOutputTokens(target: Target): number | null
  costOf(question: {
    readonly target: Target
    readonly usage: Usage
    readonly serviceTier: string | null
    readonly at: number
  }): Cost
}
