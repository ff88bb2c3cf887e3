// Metrics of what the providers list: how many models, how old the list is, how often it failed, what changed.

import type { ModelListingFailed, ModelsChanged, ModelsListed } from '../events.ts'
import type { Registry } from './exposition.ts'

export interface ModelListReading {
  readonly provider: string
  /** In the list in use. */
  readonly models: number
  /** When that came, in milliseconds since the epoch; null where there is none. */
  readonly at: number | null
}

export interface ModelMetrics {
  observe(event: ModelsListed | ModelListingFailed | ModelsChanged): void
  /** @param wall milliseconds since the epoch */
  refresh(lists: Iterable<ModelListReading>, wall: number): void
}

export function createModelMetrics(registry: Registry): ModelMetrics {
  const listings = registry.counter({
    name: 'llm_proxy_model_listings_total',
    help: 'Questions for the models of a provider by result: listed, failed, or refused as far too small.',
    labels: ['provider', 'result'],
  })
  const changes = registry.counter({
    name: 'llm_proxy_model_changes_total',
    help: 'Changes in what providers list, by kind.',
    labels: ['provider', 'kind'],
  })
  const skipped = registry.counter({
    name: 'llm_proxy_model_entries_skipped_total',
    help: 'Entries of lists of models that had no usable name.',
    labels: ['provider'],
  })
  const models = registry.gauge({
    name: 'llm_proxy_listed_models',
    help: 'Models in the list of a provider that is in use.',
    labels: ['provider'],
  })
  const ages = registry.gauge({
    name: 'llm_proxy_model_list_age_seconds',
    help: 'How long ago that list came.',
    labels: ['provider'],
  })

  return {
    observe(event) {
      const { provider } = event
      if (event.type === 'models_listed') {
        listings.with(provider, 'listed').add(1)
        if (event.skipped > 0) skipped.with(provider).add(event.skipped)
      } else if (event.type === 'model_listing_failed')
        listings.with(provider, event.refused ? 'refused' : 'failed').add(1)
      else for (const [kind, count] of Object.entries(event.counts)) changes.with(provider, kind).add(count)
    },
    refresh(lists, wall) {
      // A provider may be gone.
      models.clear()
      ages.clear()
      for (const list of lists) {
        if (list.at === null) continue
        models.with(list.provider).set(list.models)
        ages.with(list.provider).set(Math.max(0, (wall - list.at) / 1000))
      }
    },
  }
}
