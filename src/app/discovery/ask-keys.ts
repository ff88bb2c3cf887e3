// Asks a provider for its models with each of its keys, and puts together what they see.

import type { Validators } from '../../catalog/discovery.ts'
import { asGatewayError, type GatewayError } from '../../errors.ts'
import type { Secret } from '../../lib/secret.ts'
import type { ListedFacts } from '../../model-facts.ts'
import { type AskDeps, askListing, type Question } from './ask-listing.ts'
import { fingerprintOf, joinViews, type SharedView, viewOf } from './key-views.ts'

export interface KeysQuestion extends Omit<Question, 'key' | 'validators' | 'known'> {
  /** What all keys saw the last time; null for nothing. */
  readonly before: SharedView | null
  /** By the fingerprint of a key; those of lists that were believed. */
  readonly validators: ReadonlyMap<string, Validators>
}

export interface KeysAnswer {
  readonly view: SharedView
  readonly validators: ReadonlyMap<string, Validators>
  readonly skipped: number
  /** Of a key that was refused, while others were not: what it saw before holds. Null for none. */
  readonly failure: GatewayError | null
}

/** One after another, as they share the provider's limits. Further ones are taken to see what the others see. */
const maxKeysAsked = 20

/** @throws GatewayError that of the first key, where none was answered */
export async function askKeys(question: KeysQuestion, deps: AskDeps): Promise<KeysAnswer> {
  const { connection, before } = question
  const keys: readonly (Secret | null)[] = connection.keys.length === 0 ? [null] : connection.keys
  const views = new Map<string, readonly ListedFacts[]>()
  const validators = new Map<string, Validators>()
  const known = new Map(before?.models.map(model => [model.id, model]))
  let skipped = 0
  let answered = 0
  let failure: GatewayError | null = null
  for (const key of keys.slice(0, maxKeysAsked)) {
    const fingerprint = fingerprintOf(key)
    const old = viewOf(before, fingerprint)
    const kept = old === null ? null : (question.validators.get(fingerprint) ?? null)
    try {
      const asked = { ...question, key, validators: kept, known: (id: string) => known.get(id) }
      const answer = await askListing(asked, deps)
      answered++
      skipped += answer?.skipped ?? 0
      views.set(fingerprint, answer?.models ?? old ?? [])
      const next = answer === null ? kept : answer.validators
      if (next !== null) validators.set(fingerprint, next)
    } catch (thrown) {
      failure ??= asGatewayError(thrown)
      // Every key would be refused alike, or nobody waits for the answer any more.
      if (question.cancellation.cancelled || !isOfOneKey(asGatewayError(thrown))) throw failure
      if (old !== null) views.set(fingerprint, old)
    }
  }
  if (answered === 0 && failure !== null) throw failure
  return { view: joinViews(views), validators, skipped, failure }
}

function isOfOneKey({ code }: GatewayError): boolean {
  return code === 'upstream_authentication' || code === 'upstream_rate_limited'
}
