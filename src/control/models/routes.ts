// /api/models: what models there are, what each can do, what it costs and how it does, for people and programs.

import type { FastifyRequest } from 'fastify'
import type { CatalogueEntry } from '../../catalog/catalogue.ts'
import { collect, readFlag, readQuestion } from '../../catalog/filters.ts'
import type { SearchResult } from '../../catalog/search.ts'
import { GatewayError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { didYouMean } from '../../lib/near-names.ts'
import { itemsAtOnce, mapSteps, runInSlices } from '../../lib/slices.ts'
import type { ControlRoute } from '../route.ts'
import { listChanges } from './changes.ts'
import { sendCached } from './conditional.ts'
import { describeFacts, describeModel, timeOf } from './document.ts'
import type { ModelLibrary, ModelsDeps, NameMeaning } from './library.ts'
import { describeOrigins } from './origins.ts'
import { createRefresh, describeListing } from './refresh.ts'

/** What was seen lately is soon old; what is known of a model changes with the lists. */
const maxAgeOfLive = 5
const maxAgeOfFacts = 60
const longestSliceMs = 2

export function modelRoutes(deps: ModelsDeps): ControlRoute[] {
  const search: ControlRoute['answer'] = async (request, reply) => {
    const models = await deps.models()
    const question = readQuestion(parametersOf(request), models.knownNames())
    const result = models.search(question)
    await runInSlices(replacementSteps(result.entries, models, deps.clock))
    const { live } = question
    return sendCached(request, reply, {
      content: await runInSlices(resultSteps(result, { models, live, at: deps.clock.wall() })),
      beside: { catalogue: describeCatalogue(models, deps) },
      maxAgeSeconds: live || question.filters.available !== null ? maxAgeOfLive : maxAgeOfFacts,
    })
  }
  const changes: ControlRoute['answer'] = async (request, reply) => {
    const models = await deps.models()
    return sendCached(request, reply, {
      content: listChanges(parametersOf(request), { ...deps, models }),
      maxAgeSeconds: maxAgeOfLive,
    })
  }
  const one: ControlRoute['answer'] = async (request, reply) => {
    const { '*': name = '' } = request.params as Readonly<Record<string, string>>
    const live = readFlag('live', collect(parametersOf(request), ['live']).get('live')) ?? true
    const models = await deps.models()
    return sendCached(request, reply, {
      content: describeName(name, { models, live, at: deps.clock.wall() }),
      beside: { catalogue: describeCatalogue(models, deps) },
      maxAgeSeconds: live ? maxAgeOfLive : maxAgeOfFacts,
    })
  }
  const refresh = createRefresh(deps)
  return [
    { method: 'GET', path: '/api/models', answer: search },
    { method: 'GET', path: '/api/models/search', answer: search },
    { method: 'GET', path: '/api/models/changes', answer: changes },
    {
      method: 'POST',
      path: '/api/models/refresh',
      access: 'changing',
      answer: ({ body }) => refresh(body),
    },
    { method: 'GET', path: '/api/models/*', answer: one },
  ]
}

function parametersOf({ url }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start === -1 ? '' : url.slice(start + 1))
}

interface Showing {
  readonly models: ModelLibrary
  readonly live: boolean
  /** Milliseconds since the epoch. */
  readonly at: number
}

function show(entry: CatalogueEntry, { models, live, at }: Showing): object {
  return {
    ...describeModel(entry, live ? models.live(entry) : null, at),
    replacement: mayNeedAnother(entry) ? (models.replacementOf(entry)?.key ?? null) : null,
  }
}

/** To look for the stand-ins of a whole page takes its time when it is done first: others go on meanwhile. */
function* replacementSteps(
  entries: readonly CatalogueEntry[],
  models: ModelLibrary,
  clock: Pick<Clock, 'now'>,
): Generator<void, void> {
  // To find a long page has taken its time as well.
  if (entries.length > itemsAtOnce) yield
  let begun = clock.now()
  for (const entry of entries) {
    if (mayNeedAnother(entry)) models.replacementOf(entry)
    if (clock.now() - begun < longestSliceMs) continue
    yield
    begun = clock.now()
  }
}

function* resultSteps(
  { entries, total, next, facets }: SearchResult,
  showing: Showing,
): Generator<void, object> {
  return {
    object: 'list',
    data: yield* mapSteps(entries, entry => show(entry, showing)),
    total,
    has_more: next !== null,
    next_cursor: next,
    ...(facets !== null && { facets }),
  }
}

function describeCatalogue({ catalogue }: ModelLibrary, deps: ModelsDeps): object {
  const { version, builtAt, entries } = catalogue
  return {
    version,
    built_at: timeOf(builtAt),
    age_seconds: Math.max(0, Math.floor((deps.clock.wall() - builtAt) / 1000)),
    models: entries.length,
    sources: {
      snapshot: deps.modelSources().map(source => ({ package: source.package, version: source.version })),
      listings: deps.modelLists.states().map(describeListing),
    },
  }
}

/** @throws GatewayError 404 */
function describeName(name: string, showing: Showing): object {
  const { models } = showing
  const meaning = models.meaningOf(name)
  if (meaning !== null) return describeMeaning(name, meaning, showing)
  const offers = models.offersOf(name)
  const [only, ...others] = offers
  if (only === undefined) throw refuseUnknown(name, models)
  if (others.length > 0) return { object: 'offers', id: name, ...describeOffers(offers, showing) }
  return {
    ...show(only, showing),
    facts: describeOrigins(models.origins(only), showing.at),
  }
}

function refuseUnknown(name: string, models: ModelLibrary): GatewayError {
  const quoted = `\`${name.slice(0, 128)}\``
  const gone = models.describeGone(name)
  const message =
    gone === null
      ? `Nobody knows a model ${quoted}.${didYouMean(models.suggest(name))}`
      : `Nobody has a model ${quoted} any more. ${gone}`
  return new GatewayError('model_not_found', { message, param: 'id' })
}

/** It is gone, or will be. */
function mayNeedAnother({ missing, deprecatedOn, retiresOn }: CatalogueEntry): boolean {
  return missing === 'retired' || missing === 'not_listed' || deprecatedOn !== null || retiresOn !== null
}

function describeOffers(offers: readonly CatalogueEntry[], showing: Showing): object {
  return { data: offers.map(offer => show(offer, showing)) }
}

function describeMeaning(
  name: string,
  { kind, leadsTo, offers, unserved, facts }: NameMeaning,
  showing: Showing,
): object {
  return {
    object: kind,
    id: name,
    leads_to: leadsTo,
    unserved,
    // Whichever of them answers.
    shared: describeFacts(facts, showing.at),
    ...describeOffers(offers, showing),
  }
}
