// Reads a page of many models a part at a time, with others between: thousands at a stroke would hold everybody up.

import { isObject } from '../../lib/json-value.ts'
import type { ListedFacts } from '../../model-facts.ts'
import type { BoundListing } from '../../providers/listing/bind.ts'
import type { ListingPage, ListingRequest } from '../../providers/listing.ts'

/** Models that are read at a stroke: some milliseconds, while the code is not warm yet. */
const perPiece = 100

/** @throws GatewayError `upstream_malformed` */
export async function readInPieces(
  body: unknown,
  request: ListingRequest,
  { listing, pause }: { readonly listing: BoundListing; readonly pause: () => Promise<void> },
): Promise<ListingPage> {
  const models: ListedFacts[] = []
  const known: ListedFacts[] = []
  let skipped = 0
  let next: ListingRequest | null = null
  for (const [index, piece] of cut(body).entries()) {
    if (index > 0) await pause()
    const page = listing.readPage(piece, request)
    models.push(...page.models)
    known.push(...(page.next?.known ?? []))
    skipped += page.skipped ?? 0
    next = page.next
  }
  // What is handed on to the next page is handed on as it is, unless it was found in the pieces of this one.
  const found = next?.known !== undefined && next.known !== request.known
  return { models, next: next !== null && found ? { ...next, known } : next, skipped }
}

/** The same document several times, each with a part of its longest list. */
function cut(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return inPieces(body)
  if (!isObject(body)) return [body]
  const lists = Object.entries(body).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
  const [longest] = lists.toSorted(([, one], [, other]) => other.length - one.length)
  if (longest === undefined || longest[1].length <= perPiece) return [body]
  const [field, list] = longest
  return inPieces(list).map(piece => ({ ...body, [field]: piece }))
}

function inPieces(list: readonly unknown[]): readonly unknown[][] {
  const pieces: unknown[][] = []
  for (let start = 0; start < list.length; start += perPiece) pieces.push(list.slice(start, start + perPiece))
  return pieces.length === 0 ? [[]] : pieces
}
