// How well a model fits the words that somebody looks for: a name counts more than a title, the whole of it more than a
// part, the beginning of a word more than its middle.

import type { SearchColumns } from './search-columns.ts'

const fits = {
  whole: 8,
  alias: 7,
  start: 6,
  wordOfName: 5,
  inName: 4,
  wordElsewhere: 2,
  elsewhere: 1,
} as const
/** For a name that consists of the words and nothing else. */
const nothingElse = 4

export interface Fits {
  fitOf(row: number): number
  /** The best first; equal ones as they came. */
  arrange(rows: Uint32Array): Uint32Array
}

export interface FitRanking {
  /** @param words in lower case, all of them in the texts of the rows */
  measure(words: readonly string[]): Fits
}

export function createFitRanking({ ids, texts }: SearchColumns): FitRanking {
  // Of those that fit some words: most names are never looked for.
  const letters = new Int16Array(ids.length).fill(-1)

  function measureRow(row: number, words: readonly string[], wanted: number): number {
    const id = ids[row] ?? ''
    const text = texts[row] ?? ''
    let fit = 0
    let inName = true
    for (const word of words) {
      const one = fitOfWord(word, id, text)
      inName &&= one >= fits.inName
      fit += one
    }
    return inName && countIn(row, id) === wanted ? fit + nothingElse : fit
  }

  function countIn(row: number, id: string): number {
    const known = letters[row] ?? -1
    const count = known < 0 ? countLetters(id) : known
    letters[row] = count
    return count
  }

  return {
    measure(words) {
      const wanted = words.reduce((sum, word) => sum + countLetters(word), 0)
      const fitOf = (row: number): number => measureRow(row, words, wanted)
      return { fitOf, arrange: rows => sortByFit(rows, fitOf) }
    },
  }
}

/** Fits are small whole numbers: how many rows have each says where theirs begin. */
function sortByFit(rows: Uint32Array, fitOf: (row: number) => number): Uint32Array {
  const known = Uint8Array.from(rows, fitOf)
  const places = new Uint32Array(256)
  for (const fit of known) places[fit] = (places[fit] ?? 0) + 1
  let begin = 0
  for (let fit = 255; fit >= 0; fit--) {
    const count = places[fit] ?? 0
    places[fit] = begin
    begin += count
  }
  const sorted = new Uint32Array(rows.length)
  for (let at = 0; at < rows.length; at++) {
    const fit = known[at] ?? 0
    const place = places[fit] ?? 0
    sorted[place] = rows[at] ?? 0
    places[fit] = place + 1
  }
  return sorted
}

/** @param text the id, and each further name, on a line of its own */
function fitOfWord(word: string, id: string, text: string): number {
  const at = id.indexOf(word)
  if (at === 0) return id.length === word.length ? fits.whole : fits.start
  if (at > 0) return isLetter(id.charCodeAt(at - 1)) ? fits.inName : fits.wordOfName
  const found = text.indexOf(word)
  if (isLetter(text.charCodeAt(found - 1))) return fits.elsewhere
  return text.startsWith('\n', found - 1) && isEnd(text, found + word.length)
    ? fits.alias
    : fits.wordElsewhere
}

function isEnd(text: string, at: number): boolean {
  return at === text.length || text.charCodeAt(at) === 10
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127
}

function countLetters(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) if (isLetter(text.charCodeAt(at))) count++
  return count
}
