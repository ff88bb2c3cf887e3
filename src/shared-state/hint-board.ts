// What one instance has told and heard: read on every request, so it is two maps in memory, whatever carries the hints.

import type { Clock } from '../lib/clock.ts'
import type { Hint, HintBoard, HintKind } from './shared-state.ts'

export interface LocalHintBoard extends HintBoard {
  /** Takes a hint of another instance. */
  hear(hint: Hint): void
  /** All that the others hold to be so, in place of what was heard before. */
  relearn(hints: readonly Hint[]): void
  /** What this instance has told and what still holds. */
  own(): readonly Hint[]
}

export interface HintBoardOptions {
  readonly clock: Pick<Clock, 'now'>
  /** Carries a hint to the others. */
  readonly send: (hint: Hint) => void
}

/** Hints that are kept, of each sort. Clients may name models that nobody configured, so they are bounded. */
export const maxHints = 2_000
/** A hint that says nearly the same as the last one is not sent: limited keys are told of with every request. */
const newsShare = 0.1
const newsMs = 250

export function createHintBoard({ clock, send }: HintBoardOptions): LocalHintBoard {
  const told = createExpiringNotes(clock)
  const heard = createExpiringNotes(clock)
  const listeners: ((hint: Hint) => void)[] = []

  function hear(hint: Hint): void {
    const note = noteOf(hint.kind, hint.subject)
    heard.set(note, hint.forMs)
    if (hint.forMs === 0) told.set(note, 0)
    for (const listener of listeners) listener(hint)
  }

  return {
    tell(hint) {
      const note = noteOf(hint.kind, hint.subject)
      const knownUntil = told.until(note)
      const change = Math.abs(clock.now() + hint.forMs - knownUntil)
      const isNews = knownUntil === 0 || change > Math.max(newsMs, hint.forMs * newsShare)
      if (hint.forMs > 0 && !isNews) return
      told.set(note, hint.forMs)
      if (hint.forMs === 0) heard.set(note, 0)
      send(hint)
    },
    until: (kind, subject) => (heard.isEmpty() ? 0 : heard.until(noteOf(kind, subject))),
    onHeard: listener => void listeners.push(listener),
    hear,
    relearn(hints) {
      heard.clear()
      for (const hint of hints) if (told.until(noteOf(hint.kind, hint.subject)) === 0) hear(hint)
    },
    own: () => told.list(),
  }
}

function noteOf(kind: HintKind, subject: string): string {
  return `${kind} ${subject}`
}

/** A hint in one line: its kind and its subject, which may hold blanks. */
export function writeNote({ kind, subject }: Hint): string {
  return noteOf(kind, subject)
}

const kinds: ReadonlySet<string> = new Set<HintKind>(['target_resting', 'key_limited', 'key_refused'])

/** Null where it is none that is known here: another instance may be of another version. */
export function readNote(note: string, forMs: number): Hint | null {
  const blank = note.indexOf(' ')
  const kind = note.slice(0, blank)
  if (!kinds.has(kind) || !Number.isFinite(forMs) || forMs < 0) return null
  return { kind: kind as HintKind, subject: note.slice(blank + 1), forMs }
}

interface ExpiringNotes {
  isEmpty(): boolean
  /** 0 where there is none. */
  until(note: string): number
  /** 0 takes it out. */
  set(note: string, forMs: number): void
  clear(): void
  list(): readonly Hint[]
}

function createExpiringNotes(clock: Pick<Clock, 'now'>): ExpiringNotes {
  const notes = new Map<string, number>()

  function dropExpired(): void {
    for (const [note, until] of notes) if (until <= clock.now()) notes.delete(note)
  }

  return {
    isEmpty: () => notes.size === 0,
    until(note) {
      const until = notes.get(note)
      if (until === undefined) return 0
      if (until > clock.now()) return until
      notes.delete(note)
      return 0
    },
    set(note, forMs) {
      notes.delete(note)
      if (forMs === 0) return
      if (notes.size >= maxHints) dropExpired()
      if (notes.size < maxHints) notes.set(note, clock.now() + forMs)
    },
    clear: () => notes.clear(),
    list() {
      dropExpired()
      return [...notes].flatMap(([note, until]) => readNote(note, until - clock.now()) ?? [])
    },
  }
}
