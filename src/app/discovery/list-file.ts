// The last good lists and the log of changes in a file of the data directory, so that a restart while a provider is down
// keeps its models. One JSON value a line: it is written a piece at a time, with others between. Worth having, not
// needing: a broken file is told and left aside.

import type { ModelChange } from '../../catalog/model-changes.ts'
import type { Observer } from '../../events.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { ListedFacts } from '../../model-facts.ts'
import { type KeptFile, openKeptFile } from '../kept-file.ts'
import type { SharedView } from './key-views.ts'

/** The last list of one provider that was believed. */
export interface KeptList {
  /** What it is a list of; see `BoundListing.source`. */
  readonly source: string
  readonly view: SharedView
  /** When it came, in milliseconds since the epoch. */
  readonly at: number
  /** Models that are not in it any more, with when they last were. */
  readonly gone: ReadonlyMap<string, number>
}

export interface KeptLists {
  /** By the configured name. */
  readonly lists: ReadonlyMap<string, KeptList>
  readonly changes: readonly ModelChange[]
  /** The number of the last change. */
  readonly sequence: number
}

const version = 1
/** Models, or changes, in a line. */
const perLine = 100

const nothing: KeptLists = { lists: new Map(), changes: [], sequence: 0 }

function openFile(directory: string, observe: Observer): KeptFile {
  return openKeptFile({
    directory,
    name: 'model-lists.jsonl',
    observe,
    unreadable: 'the lists of models cannot be read; providers are asked anew',
    unwritable: 'the lists of models cannot be written',
  })
}

export function readKeptLists(directory: string, observe: Observer): KeptLists {
  const readText = (text: string): KeptLists =>
    readLines(
      text
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as unknown),
    )
  return openFile(directory, observe).read(readText) ?? nothing
}

/** @throws Error where a line is not what it should be */
function readLines([head, ...lines]: readonly unknown[]): KeptLists {
  if (!isObject(head) || head['version'] !== version) throw new Error('not of this version')
  const lists = new Map<string, KeptList>()
  const changes: ModelChange[] = []
  let models: ListedFacts[] = []
  for (const line of lines) {
    if (!isObject(line)) throw new Error('a line is no object')
    if (Array.isArray(line['changes'])) changes.push(...line['changes'].map(readChange))
    else if (Array.isArray(line['models'])) models.push(...line['models'].map(readModel))
    else {
      models = []
      lists.set(textIn(line, 'provider'), readList(line, models))
    }
  }
  return { lists, changes, sequence: numberIn(head, 'sequence') }
}

/** @param models grows with the lines that follow */
function readList(line: JsonObject, models: readonly ListedFacts[]): KeptList {
  const unseen = entriesIn(line, 'unseen').map(([key, names]) => {
    if (!Array.isArray(names) || !names.every(isText)) throw new Error('unseen models are no names')
    return [key, new Set(names)] as const
  })
  const gone = entriesIn(line, 'gone').map(([name, at]) => {
    if (typeof at !== 'number') throw new Error('a time is missing')
    return [name, at] as const
  })
  return {
    source: textIn(line, 'source'),
    view: { models, unseen: new Map(unseen) },
    at: numberIn(line, 'at'),
    gone: new Map(gone),
  }
}

function readModel(value: unknown): ListedFacts {
  if (!isObject(value)) throw new Error('a model is no object')
  return { ...value, id: textIn(value, 'id') }
}

function readChange(value: unknown): ModelChange {
  if (!isObject(value) || !Array.isArray(value['facts'])) throw new Error('a change is none')
  numberIn(value, 'sequence')
  return value as unknown as ModelChange
}

function textIn(line: JsonObject, name: string): string {
  const value = line[name]
  if (!isText(value)) throw new Error(`${name} is missing`)
  return value
}

function numberIn(line: JsonObject, name: string): number {
  const value = line[name]
  if (typeof value !== 'number') throw new Error(`${name} is missing`)
  return value
}

function entriesIn(line: JsonObject, name: string): ReadonlyArray<[string, unknown]> {
  const value = line[name]
  if (!isObject(value)) throw new Error(`${name} is missing`)
  return Object.entries(value)
}

export interface ListFile {
  /** What has changed is written soon. */
  touch(): void
  /** Writes what is not written yet. Never rejects. */
  close(): Promise<void>
}

export interface ListFileOptions {
  readonly directory: string
  readonly observe: Observer
  /** What is to be written, asked for when it is. */
  readonly current: () => KeptLists
  /** Calls back after a while; the returned function takes it back. */
  readonly after: (delayMs: number, callback: () => void) => () => void
}

/** Several lists that come together are written together. */
const writeAfterMs = 2_000

export function openListFile({ directory, observe, current, after }: ListFileOptions): ListFile {
  const file = openFile(directory, observe)
  let stopTimer: (() => void) | null = null

  function write(): Promise<void> {
    stopTimer = null
    return file.write(() => linesOf(current()))
  }

  return {
    touch() {
      stopTimer ??= after(writeAfterMs, () => void write())
    },
    async close() {
      const waits = stopTimer !== null
      stopTimer?.()
      await (waits ? write() : file.written)
    },
  }
}

/** Made as they are written: each line is small. */
function* linesOf({ lists, changes, sequence }: KeptLists): Generator<string> {
  yield lineOf({ version, sequence })
  for (const [provider, { source, view, at, gone }] of lists) {
    const unseen = Object.fromEntries([...view.unseen].map(([key, names]) => [key, [...names]]))
    yield lineOf({ provider, source, at, unseen, gone: Object.fromEntries(gone) })
    for (const models of inPieces(view.models)) yield lineOf({ models })
  }
  for (const piece of inPieces(changes)) yield lineOf({ changes: piece })
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`
}

function* inPieces<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += perLine) yield items.slice(start, start + perLine)
}
