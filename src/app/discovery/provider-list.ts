// The list of one provider: asked for again and again, believed or doubted, and kept while the provider is down.

import type { Connection } from '../../call.ts'
import {
  type Doubt,
  diffSteps,
  judgeList,
  type ModelChangeDraft,
  nextDelayMs,
  type Validators,
} from '../../catalog/discovery.ts'
import { namesOfListed } from '../../catalog/listed-names.ts'
import { asGatewayError, type GatewayError } from '../../errors.ts'
import type { Observer } from '../../events.ts'
import { type CancellationSource, createCancellation } from '../../lib/cancellation.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import { runInSlices } from '../../lib/slices.ts'
import type { ListedFacts } from '../../model-facts.ts'
import type { BoundListing } from '../../providers/listing/bind.ts'
import { sinceUnknown } from '../../providers/listing.ts'
import { askKeys, type KeysAnswer } from './ask-keys.ts'
import type { AskDeps } from './ask-listing.ts'
import { fingerprintOf, type SharedView } from './key-views.ts'
import type { KeptList } from './list-file.ts'
import type { Slots } from './slots.ts'

/** A configured provider, as discovery sees it. */
export interface DiscoverableProvider {
  /** The configured name. */
  readonly name: string
  readonly connection: Connection
  /** Null where it lists nothing, or is not to be asked. */
  readonly listing: BoundListing | null
  /** Why not, as a sentence. */
  readonly unlistedReason?: string | null
}

export interface DiscoveryState {
  readonly provider: string
  /**
   * `listed`: the last answer is the list in use. `failed`, `refused`: the one before is, if there was any. `unlisted`: it
   * is not asked. `waiting`: it has not answered yet.
   */
  readonly status: 'listed' | 'failed' | 'refused' | 'unlisted' | 'waiting'
  /** In the list in use. */
  readonly models: number
  /** When that came, in milliseconds since the epoch. */
  readonly at: number | null
  readonly lastTriedAt: number | null
  readonly lastError: string | null
  /** When it is asked next; null while it is being asked, and where it never is. */
  readonly nextAt: number | null
  /** Why it is not asked, as a sentence. */
  readonly unlistedReason?: string
}

export interface ListDeps extends AskDeps {
  readonly clock: Clock
  readonly random: () => number
  readonly observe: Observer
  readonly slots: Slots
  readonly settings: () => {
    readonly intervalMs: number
    readonly timeoutMs: number
    readonly jitter: number
  }
  /** Puts changes on record. */
  readonly record: (drafts: readonly ModelChangeDraft[]) => void
  /** There is another list, or another time on it. */
  readonly onList: (change: { readonly models: boolean }) => void
  readonly replacementOf?: ((provider: string, model: string) => string | null) | undefined
}

/** What was answered, and what is new in it. */
interface ComparedAnswer extends KeysAnswer {
  /** When it came, in milliseconds since the epoch. */
  readonly at: number
  readonly changes: readonly ModelChangeDraft[]
}

/** What the next question was planned by. */
interface Planned {
  /** When the last answer was dealt with, in milliseconds since the epoch. */
  readonly from: number
  readonly retryAfterMs: number | null
  readonly intervalMs: number
}

interface Run {
  readonly cancellation: CancellationSource
  readonly done: Promise<void>
}

/** Models of which it is remembered that they were there. */
const rememberedGone = 1_000

export class ProviderList {
  #provider: DiscoverableProvider
  #kept: KeptList | null
  readonly #deps: ListDeps
  #validators: ReadonlyMap<string, Validators> = new Map()
  #doubt: Doubt | null = null
  #failures = 0
  #status: DiscoveryState['status'] = 'waiting'
  #lastTriedAt: number | null = null
  #lastError: string | null = null
  #nextAt: number | null = null
  #planned: Planned | null = null
  #run: Run | null = null
  #stopTimer: () => void = () => {}
  #closed = false

  constructor(provider: DiscoverableProvider, kept: KeptList | null, deps: ListDeps) {
    this.#provider = provider
    this.#deps = deps
    this.#kept = kept
    if (kept !== null) this.#status = 'listed'
  }

  /** What is to be kept for the next start. */
  get kept(): KeptList | null {
    return this.#kept
  }

  /** The list in use: what is known of another address, or of a provider that is not asked any more, is none. */
  get current(): KeptList | null {
    const { listing } = this.#provider
    return listing !== null && this.#kept?.source === listing.source ? this.#kept : null
  }

  get keys(): readonly Secret[] {
    return this.#provider.connection.keys
  }

  get state(): DiscoveryState {
    const { name, listing, unlistedReason: reason } = this.#provider
    const { current } = this
    const times = { lastTriedAt: this.#lastTriedAt, lastError: this.#lastError, nextAt: this.#nextAt }
    return {
      provider: name,
      status: listing === null ? 'unlisted' : this.#status,
      models: current?.view.models.length ?? 0,
      at: current?.at ?? null,
      ...times,
      ...(listing === null && typeof reason === 'string' && { unlistedReason: reason }),
    }
  }

  /** Takes over what is configured now; asks at once where that is somebody else, or has other keys. */
  follow(provider: DiscoverableProvider): void {
    const before = this.#provider
    this.#provider = provider
    const { listing } = provider
    const same = listing?.source === before.listing?.source && haveSameKeys(provider, before)
    if (same) {
      this.#bringForward()
      return
    }
    this.#cancel()
    this.#stopTimer()
    this.#nextAt = null
    this.#validators = new Map()
    this.#doubt = null
    this.#failures = 0
    this.#lastError = null
    this.#status = this.current === null ? 'waiting' : 'listed'
    void this.ask()
  }

  /** Resolves when the answer has been dealt with; never rejects. Who asks while it is being asked waits for that answer. */
  ask(options: { readonly acceptShrunken?: boolean } = {}): Promise<void> {
    const { listing } = this.#provider
    if (listing === null || this.#closed) return Promise.resolve()
    if (this.#run === null) this.#begin(listing, options.acceptShrunken ?? false)
    else if (options.acceptShrunken) return this.#run.done.then(() => this.ask(options))
    return this.#run?.done ?? Promise.resolve()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopTimer()
    const { done } = this.#run ?? {}
    this.#cancel()
    await done
  }

  #begin(listing: BoundListing, acceptShrunken: boolean): void {
    this.#stopTimer()
    this.#nextAt = null
    const cancellation = createCancellation()
    const done = this.#deps.slots(async () => {
      if (cancellation.cancelled) return
      const result = await this.#askOnce(listing, cancellation)
      await this.#deps.pause()
      // What was asked of somebody else is nothing to us any more.
      if (cancellation.cancelled) return
      this.#run = null
      this.#schedule(this.#takeSafely(listing, result, acceptShrunken))
    })
    this.#run = { cancellation, done }
  }

  async #askOnce(
    listing: BoundListing,
    cancellation: CancellationSource,
  ): Promise<ComparedAnswer | GatewayError> {
    this.#lastTriedAt = this.#deps.clock.wall()
    const { connection } = this.#provider
    const { timeoutMs } = this.#deps.settings()
    const before = this.current?.view ?? null
    const question = { listing, connection, timeoutMs, before, validators: this.#validators, cancellation }
    try {
      return await this.#compare(await askKeys(question, this.#deps))
    } catch (thrown) {
      return asGatewayError(thrown)
    }
  }

  async #compare(answer: KeysAnswer): Promise<ComparedAnswer> {
    const { clock, pause, replacementOf } = this.#deps
    const { name } = this.#provider
    const before = this.current?.view ?? null
    const at = clock.wall()
    const view = withDays(answer.view, before, at)
    if (before === null) return { ...answer, view, at, changes: [] }
    const lists = { provider: name, before: before.models, after: view.models, at }
    const steps = diffSteps({ ...lists, replacementOf: model => replacementOf?.(name, model) ?? null })
    return { ...answer, view, at, changes: await runInSlices(steps, pause) }
  }

  /** Whatever goes wrong with an answer, the provider is asked again. */
  #takeSafely(
    listing: BoundListing,
    result: ComparedAnswer | GatewayError,
    acceptShrunken: boolean,
  ): number | null {
    try {
      return this.#take(listing, result, acceptShrunken)
    } catch (thrown) {
      this.#fail(asGatewayError(thrown), listing)
      return null
    }
  }

  /** How long the provider wants to be left alone; null where it does not say. */
  #take(
    listing: BoundListing,
    result: ComparedAnswer | GatewayError,
    acceptShrunken: boolean,
  ): number | null {
    if (result instanceof Error) {
      this.#fail(result, listing)
      return result.retryAfterMs
    }
    // A model that has become a further name of another one can still be asked for.
    const names = result.view.models.flatMap(namesOfListed)
    const before = this.current?.view.models.map(({ id }) => id) ?? null
    const verdict = judgeList({ before, after: names, doubt: this.#doubt, acceptShrunken })
    if (verdict.accepted) this.#accept(listing, result)
    else this.#refuse(verdict)
    return result.failure?.retryAfterMs ?? null
  }

  #fail(error: GatewayError, { local }: BoundListing): void {
    const { name } = this.#provider
    this.#failures++
    this.#status = 'failed'
    this.#lastError = error.message
    // A server of one's own that is switched off is no news.
    const tell = this.#failures === 1 && !local
    this.#deps.observe({
      type: 'model_listing_failed',
      provider: name,
      reason: error.message,
      refused: false,
      tell,
    })
  }

  #refuse({ doubt, reason }: { readonly doubt: Doubt; readonly reason: string }): void {
    const { name } = this.#provider
    this.#doubt = doubt
    // The next answer has to come whole: that nothing has changed since a list that is not believed says nothing.
    this.#validators = new Map()
    this.#failures = 0
    this.#status = 'refused'
    this.#lastError = `${reason}; the one before stays`
    const tell = doubt.times === 1
    this.#deps.observe({ type: 'model_listing_failed', provider: name, reason, refused: true, tell })
  }

  #accept({ source }: BoundListing, { view, at, changes, ...answer }: ComparedAnswer): void {
    const { observe, record, onList } = this.#deps
    const { name } = this.#provider
    const before = this.current
    const recovered = this.#failures > 0 || this.#doubt !== null
    this.#doubt = null
    this.#failures = 0
    this.#validators = answer.validators
    this.#status = 'listed'
    this.#lastError = answer.failure?.message ?? null
    const isNew = before === null || changes.length > 0 || !seeTheSame(before.view, view)
    this.#kept = isNew ? { source, view, at, gone: goneSince(before, view.models) } : { ...before, at }
    const models = view.models.length
    observe({ type: 'models_listed', provider: name, models, skipped: answer.skipped, recovered })
    if (changes.length > 0) record(changes)
    onList({ models: isNew })
  }

  #schedule(retryAfterMs: number | null): void {
    if (this.#closed) return
    const { clock, settings } = this.#deps
    const from = clock.wall()
    this.#planned = { from, retryAfterMs, intervalMs: settings().intervalMs }
    this.#askAt(from + this.#delayAfter(retryAfterMs))
  }

  /** A shorter interval counts at once, a longer one from the next answer on. */
  #bringForward(): void {
    const { clock, settings } = this.#deps
    const planned = this.#planned
    if (planned === null || this.#nextAt === null || settings().intervalMs >= planned.intervalMs) return
    this.#planned = { ...planned, intervalMs: settings().intervalMs }
    const at = Math.max(planned.from + this.#delayAfter(planned.retryAfterMs), clock.wall())
    if (at >= this.#nextAt) return
    this.#stopTimer()
    this.#askAt(at)
  }

  #delayAfter(retryAfterMs: number | null): number {
    const { random, settings } = this.#deps
    const { intervalMs, jitter } = settings()
    const doubted = this.#doubt !== null
    return nextDelayMs({ intervalMs, jitter, random, failures: this.#failures, doubted, retryAfterMs })
  }

  #askAt(at: number): void {
    const { clock } = this.#deps
    this.#nextAt = at
    this.#stopTimer = clock.after(at - clock.wall(), () => void this.ask())
  }

  #cancel(): void {
    this.#run?.cancellation.cancel()
    this.#run = null
  }
}

function haveSameKeys(one: DiscoverableProvider, other: DiscoverableProvider): boolean {
  const printsOf = (keys: readonly Secret[]) => keys.map(fingerprintOf).join()
  const [keys, others] = [one.connection.keys, other.connection.keys]
  return keys === others || printsOf(keys) === printsOf(others)
}

/** Of a model that is deprecated, nobody says since when: the day on which that was first read. */
function withDays(view: SharedView, before: SharedView | null, at: number): SharedView {
  if (!view.models.some(({ deprecatedOn }) => deprecatedOn === sinceUnknown)) return view
  const today = new Date(at).toISOString().slice(0, 10)
  const known = new Map(before?.models.map(({ id, deprecatedOn }) => [id, deprecatedOn]))
  const models = view.models.map(model =>
    model.deprecatedOn === sinceUnknown ? { ...model, deprecatedOn: known.get(model.id) ?? today } : model,
  )
  return { ...view, models }
}

function seeTheSame({ unseen }: SharedView, { unseen: now }: SharedView): boolean {
  if (unseen.size !== now.size) return false
  return [...unseen].every(([key, names]) => {
    const others = now.get(key)
    return others !== undefined && others.size === names.size && [...names].every(name => others.has(name))
  })
}

/** The newest of those that are gone, with when they were last listed. */
function goneSince(before: KeptList | null, models: readonly ListedFacts[]): ReadonlyMap<string, number> {
  const gone = new Map(before?.gone)
  for (const { id } of before?.view.models ?? []) {
    gone.delete(id)
    gone.set(id, before?.at ?? 0)
  }
  for (const model of models) for (const name of namesOfListed(model)) gone.delete(name)
  return new Map([...gone].slice(-rememberedGone))
}
