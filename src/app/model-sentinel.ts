// Looks at the catalogue every hour: models that will retire, or have, and prices that changed go into the log of
// changes. What was seen is kept over restarts, so that a date is told once and a price that came with a new version is
// told at all.

import type { Catalogue } from '../catalog/catalogue.ts'
import type { ModelChange } from '../catalog/model-changes.ts'
import { type ChangeDraft, isWatched, type SeenModel, watchCatalogueInSlices } from '../catalog/sentinel.ts'
import type { Notice, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { isObject } from '../lib/json-value.ts'
import type { BuiltSnapshot } from './build-snapshot.ts'
import type { Discovery } from './discovery.ts'
import { type KeptFile, openKeptFile } from './kept-file.ts'

export interface ModelSentinelDeps {
  readonly directory: string
  readonly clock: Pick<Clock, 'wall' | 'after'>
  readonly observe: Observer
  /** With everything in it that has come so far. */
  readonly catalogue: () => Promise<Catalogue>
  readonly snapshot: () => Pick<BuiltSnapshot, 'configuration' | 'providers'>
  /** `provider/model` of every target that was ever called. */
  readonly calledTargets: () => Iterable<string>
  readonly log: Pick<Discovery, 'changes' | 'record'>
}

export interface ModelSentinel {
  /** Resolves when a look that has begun is over. */
  looked(): Promise<void>
  /** Resolves when a look that has begun is over and what it saw is written. */
  close(): Promise<void>
}

/** The lists have come by then. */
const firstLookMs = 60_000
const lookEveryMs = 3_600_000

export function startModelSentinel(deps: ModelSentinelDeps): ModelSentinel {
  const { directory, clock, observe } = deps
  const file = openKeptFile({
    directory,
    name: 'model-watch.jsonl',
    observe,
    unreadable: 'what was seen of the models cannot be read; dates that are near are told once more',
    unwritable: 'what was seen of the models cannot be written',
  })
  let seen: Seen | null = file.read(readSeen)
  let looking = Promise.resolve()
  let stopTimer = lookAfter(firstLookMs)

  function lookAfter(delayMs: number): () => void {
    return clock.after(delayMs, () => {
      // A catalogue that cannot be built is told by those who build it.
      looking = looking.then(look).catch(() => {})
      stopTimer = lookAfter(lookEveryMs)
    })
  }

  async function look(): Promise<void> {
    const catalogue = await deps.catalogue()
    seen = await tellWhatChanged(catalogue, seen, deps)
    await write(file, seen)
  }

  return {
    looked: () => looking,
    async close() {
      stopTimer()
      await looking
    },
  }
}

interface Seen {
  /** When it was looked at, in milliseconds since the epoch. */
  readonly at: number
  /** The number of the last change that was on record then. */
  readonly sequence: number
  readonly models: ReadonlyMap<string, SeenModel>
}

async function tellWhatChanged(
  catalogue: Catalogue,
  seen: Seen | null,
  { clock, observe, log, snapshot, calledTargets }: ModelSentinelDeps,
): Promise<Seen> {
  const now = clock.wall()
  const drafts = await watchCatalogueInSlices({
    before: seen && { find: key => seen.models.get(key) ?? null },
    after: catalogue,
    since: seen?.at ?? null,
    now,
  })
  // What a provider's own list has told is not told again.
  const told = new Set(log.changes(seen?.sequence ?? 0, Number.MAX_SAFE_INTEGER).map(nameChange))
  const news = drafts.filter(draft => !told.has(nameChange(draft)))
  if (news.length > 0) log.record(news)
  const isUsed = findUsed(snapshot(), calledTargets())
  // Whoever told it: what a list tells is written nowhere but in the log of changes.
  for (const draft of drafts.filter(isUsed)) observe(describeDraft(draft))
  const watched = catalogue.entries.filter(isWatched)
  return {
    at: now,
    sequence: log.changes(0, Number.MAX_SAFE_INTEGER).at(-1)?.sequence ?? seen?.sequence ?? 0,
    // No more of it: what was in force before is not kept for it.
    models: new Map(
      watched.map(({ key, prices, retiresOn, deprecatedOn }) => [key, { prices, retiresOn, deprecatedOn }]),
    ),
  }
}

function nameChange({ kind, provider, model }: ChangeDraft | ModelChange): string {
  return `${kind} ${provider}/${model}`
}

/** Those that were called, or that the configuration names: with hundreds of others, nobody would read of them. */
function findUsed(
  { configuration, providers }: Pick<BuiltSnapshot, 'configuration' | 'providers'>,
  called: Iterable<string>,
): (draft: ChangeDraft) => boolean {
  const { aliases, groups } = configuration.models
  const configured = providers.flatMap(({ configuration: { name, models } }) =>
    (models ?? []).map(model => `${name}/${model}`),
  )
  const used = new Set([...called, ...configured, ...Object.values(aliases), ...Object.values(groups).flat()])
  return ({ provider, model }) => used.has(`${provider}/${model}`) || used.has(model)
}

const messages: Partial<Record<ModelChange['kind'], string>> = {
  deprecated: 'a model in use will be retired, or its maker advises against it',
  retired: 'a model in use has been retired',
  price_changed: 'the price of a model in use has changed',
}

function describeDraft({ kind, provider, model, facts, replacement }: ChangeDraft): Notice {
  const date = facts.find(({ name }) => name === 'retiresOn' || name === 'deprecatedOn')
  return {
    type: 'notice',
    level: 'warn',
    message: messages[kind] ?? kind,
    detail: { provider, model, ...(date && { on: String(date.after) }), replacement },
  }
}

const version = 1
/** Models in a line. */
const perLine = 100

function write(file: KeptFile, seen: Seen): Promise<void> {
  return file.write(() => linesOf(seen))
}

/** Made as they are written: each line is small. */
function* linesOf({ at, sequence, models }: Seen): Generator<string> {
  yield `${JSON.stringify({ version, at, sequence })}\n`
  let line: [string, SeenModel][] = []
  for (const model of models) {
    line.push(model)
    if (line.length < perLine) continue
    yield `${JSON.stringify(line)}\n`
    line = []
  }
  if (line.length > 0) yield `${JSON.stringify(line)}\n`
}

/** @throws Error where it is not what is written here */
function readSeen(text: string): Seen {
  const [head, ...lines] = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  if (!isObject(head) || head['version'] !== version) throw new Error('not of this version')
  const { at, sequence } = head
  if (typeof at !== 'number' || typeof sequence !== 'number') throw new Error('a time or a number is missing')
  return { at, sequence, models: new Map(lines.flatMap(readLine)) }
}

function readLine(line: unknown): readonly (readonly [string, SeenModel])[] {
  if (!Array.isArray(line)) throw new Error('a line is no list')
  return line.map((item: unknown) => {
    const [key, model] = Array.isArray(item) ? (item as unknown[]) : []
    if (typeof key !== 'string' || !isSeenModel(model)) throw new Error('a model is none')
    return [key, model] as const
  })
}

function isSeenModel(value: unknown): value is SeenModel {
  if (!isObject(value)) return false
  const isDay = (day: unknown) => day === null || typeof day === 'string'
  const { prices } = value
  return (
    (prices === null || Array.isArray(prices)) && isDay(value['retiresOn']) && isDay(value['deprecatedOn'])
  )
}
