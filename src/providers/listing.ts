// The contract of a provider's list of models: where it is, how its pages follow one another, and what a page says.

import type { Method } from '../call.ts'
import type { ListedFacts } from '../model-facts.ts'
import type { ProviderSettings } from './provider.ts'

/** One question of a listing. Path and query are below the base URL, unless `origin` is given. */
export interface ListingRequest {
  readonly method: Extract<Method, 'GET' | 'POST'>
  readonly path: string
  /** Where the list is on a host of its own. */
  readonly origin?: string
  readonly body?: object
  /** What is asked instead where this address is answered with 404: that of an older server. */
  readonly otherwise?: ListingRequest
  /** What earlier pages said, where this one can be read only with it. */
  readonly known?: readonly ListedFacts[]
}

/**
 * `deprecatedOn` of a model that its vendor advises against without a word on since when. Whoever asks for the list puts
 * the day in its place on which that was first read.
 */
export const sinceUnknown = ''

export interface ListingPage {
  readonly models: readonly ListedFacts[]
  /** The next page; null after the last. */
  readonly next: ListingRequest | null
  /** Entries without a usable name, which are left out; absent for none. */
  readonly skipped?: number
}

export interface ModelListing {
  /** It says what could be had, not what is there to be asked: the names that are served stay what they were. */
  readonly advisory?: true
  first(settings: ProviderSettings): ListingRequest
  /**
   * @param body the parsed answer, whatever it is
   * @throws GatewayError `upstream_malformed` for what is no list of models
   */
  readPage(body: unknown, request: ListingRequest, settings: ProviderSettings): ListingPage
  /** What has to be asked for each model by itself, as the context length of a model at Ollama. */
  readonly detail?: {
    request(model: ListedFacts, settings: ProviderSettings): ListingRequest | null
    read(body: unknown, model: ListedFacts): ListedFacts
  }
}
