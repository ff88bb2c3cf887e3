// A provider's listing with the settings and the address of one configured provider.

import type { ListedFacts } from '../../model-facts.ts'
import { resolveAddress } from '../build-connection.ts'
import type { ListingPage, ListingRequest } from '../listing.ts'
import type { Provider, ProviderSettings } from '../provider.ts'

export interface BoundListing {
  /** It says what could be had, not what is there to be asked. */
  readonly advisory: boolean
  /** Of a server of one's own: it may well be switched off. */
  readonly local: boolean
  /** What it is a list of: the type and the address. A list of something else says nothing of this one. */
  readonly source: string
  readonly first: ListingRequest
  /** Where a question goes: scheme and host, and the path with its query. */
  addressOf(request: ListingRequest): { readonly origin: string; readonly path: string }
  /** @throws GatewayError `upstream_malformed` */
  readPage(body: unknown, request: ListingRequest): ListingPage
  /** Null where a list says it all. */
  detailOf(model: ListedFacts): ListingRequest | null
  /** @throws GatewayError `upstream_malformed` */
  readDetail(body: unknown, model: ListedFacts): ListedFacts
}

/**
 * Null for a provider that lists nothing.
 * @throws GatewayError `no_provider` for settings that make no connection
 */
export function bindListing(provider: Provider, given: ProviderSettings): BoundListing | null {
  const { listing } = provider
  // What answers without a network has no address to ask.
  if (listing === undefined || provider.answer !== undefined) return null
  const { origin, basePath, settings } = resolveAddress(provider, given)
  return {
    advisory: listing.advisory === true,
    local: provider.keyOptional === true && given.keys.length === 0,
    source: `${provider.type} ${origin}${basePath}`,
    first: listing.first(settings),
    addressOf: request =>
      request.origin === undefined
        ? { origin, path: basePath + request.path }
        : { origin: request.origin, path: request.path },
    readPage: (body, request) => listing.readPage(body, request, settings),
    detailOf: model => listing.detail?.request(model, settings) ?? null,
    readDetail: (body, model) => listing.detail?.read(body, model) ?? model,
  }
}
