// Listings as a configured provider has them, for the tests of this folder.

import { findProvider } from '../index.ts'
import type { ListingRequest } from '../listing.ts'
import type { ProviderSettings } from '../provider.ts'
import { makeSettings } from '../settings.fixture.ts'
import { type BoundListing, bindListing } from './bind.ts'
import { answers } from './listing.fixture.ts'

export function bind(type: string, changes: Partial<ProviderSettings> = {}): BoundListing {
  const provider = findProvider(type)
  if (provider === undefined) throw new Error(`no provider ${type}`)
  const baseUrl = provider.baseUrl === null ? 'https://host.example' : null
  const bound = bindListing(provider, makeSettings({ baseUrl, ...changes }))
  if (bound === null) throw new Error(`${type} lists nothing`)
  return bound
}

export function addressOf(listing: BoundListing, request: ListingRequest = listing.first): string {
  const { origin, path } = listing.addressOf(request)
  return origin + path
}

export function readFirst(type: string) {
  const listing = bind(type)
  return listing.readPage(answers[type], listing.first)
}
