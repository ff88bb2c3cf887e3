// Asks a provider for its list of models with one of its keys: page after page, and model by model where a list does
// not say it all. Everything is bounded, as what answers may be anything.

import type { Connection, RelayReply, RelaySend } from '../../call.ts'
import { conditionalHeaders, type Validators, validatorsIn } from '../../catalog/discovery.ts'
import { GatewayError } from '../../errors.ts'
import type { Cancellation } from '../../lib/cancellation.ts'
import type { Clock } from '../../lib/clock.ts'
import { parseJsonInSlices } from '../../lib/json-in-slices.ts'
import { readRetryAfter } from '../../lib/retry-after.ts'
import type { Secret } from '../../lib/secret.ts'
import type { ListedFacts } from '../../model-facts.ts'
import type { BoundListing } from '../../providers/listing/bind.ts'
import type { ListingRequest } from '../../providers/listing.ts'
import { collectBody } from './collect-body.ts'
import { readInPieces } from './read-in-pieces.ts'

export interface AskDeps {
  readonly relay: RelaySend
  readonly clock: Pick<Clock, 'now' | 'wall'>
  /** Lets others run while a large list is read. */
  readonly pause: () => Promise<void>
}

export interface Question {
  readonly listing: BoundListing
  readonly connection: Connection
  readonly key: Secret | null
  /** For each single request. */
  readonly timeoutMs: number
  /** Of the last answer; null where the list has to come whole. */
  readonly validators: Validators | null
  /** What was known of a model before: it holds where its details cannot be had. */
  readonly known: (model: string) => ListedFacts | undefined
  readonly cancellation: Cancellation
}

export interface ListingAnswer {
  readonly models: readonly ListedFacts[]
  /** Null where several requests made the list: of one of them they would say nothing of the others. */
  readonly validators: Validators | null
  /** Entries without a usable name. */
  readonly skipped: number
}

const limits = { pages: 100, models: 20_000, pageBytes: 16 << 20, listBytes: 64 << 20, errorBytes: 64 << 10 }
const detailsAtOnce = 4
/** All details together may take so many times what a single request may: others wait to be asked meanwhile. */
const detailsTimeouts = 3

/**
 * Null where nothing has changed since the answer that the validators are of.
 * @throws GatewayError
 */
export async function askListing(question: Question, deps: AskDeps): Promise<ListingAnswer | null> {
  const models = new Map<string, ListedFacts>()
  const seen = new Set<string>()
  let validators: Validators | null = null
  let skipped = 0
  let bytes = 0
  let request: ListingRequest | null = question.listing.first
  while (request !== null) {
    const address = question.listing.addressOf(request)
    checkNewPage(seen, address.origin + address.path)
    const conditions = seen.size === 1 ? conditionalHeaders(question.validators) : []
    const reply = await send(request, { question, deps, conditions })
    if (reply.status === 304 && conditions.length > 0) {
      await collectBody(reply.body, limits.errorBytes)
      return null
    }
    if (reply.status === 404 && request.otherwise !== undefined) {
      await collectBody(reply.body, limits.errorBytes)
      request = request.otherwise
      continue
    }
    const body = await bodyOf(reply, deps)
    bytes += body.length
    const reading = { listing: question.listing, pause: deps.pause }
    const page = await readInPieces(await parse(body, deps), request, reading)
    for (const model of page.models) if (!models.has(model.id)) models.set(model.id, model)
    skipped += page.skipped ?? 0
    if (models.size > limits.models || bytes > limits.listBytes) throw malformed('The list does not end.')
    validators = seen.size === 1 && page.next === null ? validatorsIn(reply.headers) : null
    request = page.next
  }
  const described = await describe([...models.values()], question, deps)
  return { models: described.models, validators: described.asked ? null : validators, skipped }
}

function checkNewPage(seen: Set<string>, address: string): void {
  if (seen.has(address)) throw malformed('The pages of the list lead back to one another.')
  if (seen.size >= limits.pages) throw malformed(`The list has more than ${limits.pages} pages.`)
  seen.add(address)
}

interface Sending {
  readonly question: Question
  readonly deps: AskDeps
  readonly conditions?: readonly string[]
  /** By when it has to be answered, whatever time a request has; by `Clock.now`. */
  readonly until?: number
}

async function send(request: ListingRequest, sending: Sending): Promise<RelayReply> {
  const { question, deps, conditions = [], until = Number.POSITIVE_INFINITY } = sending
  const { connection, key, cancellation, timeoutMs } = question
  const { origin, path } = question.listing.addressOf(request)
  const { method, body } = request
  const asked = origin === connection.origin ? connection : { ...connection, origin }
  return await deps.relay({
    target: { id: connection.provider, connection: asked },
    method,
    path,
    headers: [
      'accept',
      'application/json',
      'accept-encoding',
      'identity',
      ...(body === undefined ? [] : ['content-type', 'application/json']),
      ...conditions,
    ],
    body: body === undefined ? null : Buffer.from(JSON.stringify(body)),
    key,
    cancellation,
    deadline: Math.min(deps.clock.now() + timeoutMs, until),
  })
}

async function bodyOf({ status, headers, body }: RelayReply, { clock }: AskDeps): Promise<Buffer> {
  if (status === 200) return await collectBody(body, limits.pageBytes)
  await collectBody(body, limits.errorBytes)
  throw new GatewayError(codeOf(status), {
    message: `It answered with status ${status}.`,
    upstreamStatus: status,
    retryAfterMs: readRetryAfter(headers, clock.wall()) ?? 0,
  })
}

function codeOf(status: number) {
  if (status === 401 || status === 403) return 'upstream_authentication'
  return status === 429 ? 'upstream_rate_limited' : 'upstream_error'
}

async function parse(body: Buffer, { pause }: AskDeps): Promise<unknown> {
  try {
    return await parseJsonInSlices(body, { pause })
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new GatewayError('upstream_malformed', { message: 'What came is no JSON.', cause })
  }
}

/**
 * Asks for the details of those models of which a list says too little, a few at a time. Where that takes too long, what
 * was known of the others before holds.
 */
async function describe(
  models: readonly ListedFacts[],
  question: Question,
  deps: AskDeps,
): Promise<{ readonly models: readonly ListedFacts[]; readonly asked: boolean }> {
  const described = [...models]
  const waiting = models.entries()
  const until = deps.clock.now() + detailsTimeouts * question.timeoutMs
  let asked = false

  async function work(): Promise<void> {
    for (const [index, model] of waiting) {
      const request = question.listing.detailOf(model)
      if (request === null) continue
      asked = true
      described[index] =
        deps.clock.now() < until
          ? await describeOne(request, { model, question, deps, until })
          : (question.known(model.id) ?? model)
    }
  }

  await Promise.all(Array.from({ length: detailsAtOnce }, work))
  return { models: described, asked }
}

async function describeOne(
  request: ListingRequest,
  { model, ...sending }: Sending & { readonly model: ListedFacts },
): Promise<ListedFacts> {
  const { question, deps } = sending
  try {
    const body = await bodyOf(await send(request, sending), deps)
    return question.listing.readDetail(await parse(body, deps), model)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || question.cancellation.cancelled) throw thrown
    // It may have been deleted since the list was made; the others are there.
    return question.known(model.id) ?? model
  }
}

function malformed(message: string): GatewayError {
  return new GatewayError('upstream_malformed', { message })
}
