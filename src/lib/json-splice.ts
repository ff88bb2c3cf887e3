// Changes top-level fields of a JSON object in its bytes. Everything else stays as it was written: the order of keys,
// escapes, spacing, the form of numbers. Parsing and printing would lose these, and with them signatures and caches.

/** Text of JSON in place of a top-level value, or null to take the field out. */
export type Edits = Readonly<Record<string, string | null>>

/** Where a top-level field stands: offsets in bytes, ends exclusive. */
export interface FieldPlace {
  /** The key without its quotes, escapes resolved. */
  readonly key: string
  /** Of the opening quote of the key. */
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

interface Cut {
  readonly start: number
  readonly end: number
  readonly text: string
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const letterU = 0x75
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * A copy of the body with the edits made. A field that stands there more than once is changed or removed everywhere,
 * so that no reader sees another value; a field that is missing is added at the end.
 * @param body a valid JSON object, in UTF-8
 * @param present the names of the body's top-level fields, where a parse has told them: it saves the scan
 */
export function spliceTopLevel(body: Buffer, edits: Edits, present?: readonly string[]): Buffer {
  const cuts = (present && cutsWithoutScan(body, edits, present)) ?? cutsAfterScan(body, edits)
  return cuts.length === 0 ? body : applyCuts(body, cuts)
}

/** Every top-level field in the order of the text, duplicates included. */
export function findTopLevel(body: Buffer): FieldPlace[] {
  const fields: FieldPlace[] = []
  let at = skipBlanks(body, body.indexOf(openBrace) + 1)
  while (body[at] === quote) {
    const keyEnd = skipString(body, at)
    const valueStart = skipBlanks(body, skipBlanks(body, keyEnd) + 1)
    const valueEnd = skipValue(body, valueStart)
    fields.push({ key: readKey(body, at, keyEnd), keyStart: at, valueStart, valueEnd })
    const next = skipBlanks(body, valueEnd)
    if (body[next] !== comma) break
    at = skipBlanks(body, next + 1)
  }
  return fields
}

/**
 * The cuts for values to be replaced or added, found by native search alone; undefined where only a scan is certain.
 *
 * Why this is sound: within a JSON string a quote is escaped, so the bytes `"model"` with no backslash before them are
 * a whole string, and followed by a colon they are a key. If there is one such key in the whole text, whatever its
 * depth, and the parse saw a top-level field of this name, then this is it, unless a key was written with escapes.
 */
function cutsWithoutScan(body: Buffer, edits: Edits, present: readonly string[]): Cut[] | undefined {
  const cuts: Cut[] = []
  let added = ''
  for (const key in edits) {
    const text = edits[key] ?? null
    if (!present.includes(key)) {
      if (text !== null) added += `,${JSON.stringify(key)}:${text}`
      continue
    }
    const valueStart = text === null ? -1 : findOnlyKey(body, key)
    if (text === null || valueStart === -1) return undefined
    cuts.push({ start: valueStart, end: skipValue(body, valueStart), text })
  }
  if (cuts.length > 1) cuts.sort((left, right) => left.start - right.start)
  if (added !== '') cuts.push(insertion(body, added, present.length > 0))
  return cuts
}

/** Where the value of the only key of this name starts; -1 where there are several, or escapes might hide one. */
function findOnlyKey(body: Buffer, key: string): number {
  const needle = key === model.key ? model : needleFor(key)
  if (needle === null || mayHideKey(body, needle.escapes)) return -1
  let found = -1
  for (let hit = body.indexOf(needle.bytes); hit !== -1; ) {
    const after = skipBlanks(body, hit + needle.bytes.length)
    if (body[after] === colon && body[hit - 1] !== backslash) {
      if (found !== -1) return -1
      found = skipBlanks(body, after + 1)
    }
    hit = body.indexOf(needle.bytes, after)
  }
  return found
}

interface Needle {
  readonly key: string
  /** The key with its quotes. */
  readonly bytes: Buffer
  /** How its letters begin when escaped, without the `\u`: all of `model` are `\u006.`. */
  readonly escapes: readonly Buffer[]
}

/** Null for a key whose letters have other escapes than `\u`, or that nobody would search for. */
function needleFor(key: string): Needle | null {
  if (!/^[a-z_]+$/.test(key)) return null
  const escapes = new Set(Array.from(key, letter => `00${(letter.charCodeAt(0) >> 4).toString(16)}`))
  return { key, bytes: Buffer.from(`"${key}"`), escapes: Array.from(escapes, text => Buffer.from(text)) }
}

const model = needleFor('model') as Needle

/** Whether the body holds an escaped letter of the key. The search starts at the zeros: backslashes are common. */
function mayHideKey(body: Buffer, escapes: readonly Buffer[]): boolean {
  for (const start of escapes)
    for (let hit = body.indexOf(start); hit !== -1; hit = body.indexOf(start, hit + 1))
      if (body[hit - 1] === letterU && body[hit - 2] === backslash) return true
  return false
}

function cutsAfterScan(body: Buffer, edits: Edits): Cut[] {
  const fields = findTopLevel(body)
  const missing = new Set(Object.keys(edits))
  const cuts: Cut[] = []
  let kept = false
  fields.forEach((field, index) => {
    const text = Object.hasOwn(edits, field.key) ? edits[field.key] : undefined
    missing.delete(field.key)
    if (text === null) {
      cuts.push({ ...removal(fields, index, kept), text: '' })
      return
    }
    kept = true
    if (text !== undefined) cuts.push({ start: field.valueStart, end: field.valueEnd, text })
  })
  let added = ''
  for (const key of missing)
    if (typeof edits[key] === 'string') added += `,${JSON.stringify(key)}:${edits[key]}`
  if (added !== '') cuts.push(insertion(body, added, kept))
  return cuts
}

/** A removed field takes the comma before it along; where nothing stays before it, the comma behind it. */
function removal(
  fields: readonly FieldPlace[],
  index: number,
  kept: boolean,
): { start: number; end: number } {
  const { keyStart, valueEnd } = fields[index] as FieldPlace
  if (kept) return { start: fields[index - 1]?.valueEnd ?? keyStart, end: valueEnd }
  return { start: keyStart, end: fields[index + 1]?.keyStart ?? valueEnd }
}

/** @param added fields, each with a comma before it */
function insertion(body: Buffer, added: string, afterOthers: boolean): Cut {
  const at = body.lastIndexOf(closeBrace)
  return { start: at, end: at, text: afterOthers ? added : added.slice(1) }
}

function applyCuts(body: Buffer, cuts: readonly Cut[]): Buffer {
  let size = body.length
  for (const cut of cuts) size += Buffer.byteLength(cut.text) - (cut.end - cut.start)
  const result = Buffer.allocUnsafe(size)
  let from = 0
  let to = 0
  for (const cut of cuts) {
    to += body.copy(result, to, from, cut.start)
    to += result.write(cut.text, to)
    from = cut.end
  }
  body.copy(result, to, from)
  return result
}

function skipBlanks(body: Buffer, from: number): number {
  let at = from
  while (isBlank(body[at])) at++
  return at
}

/** @returns the offset behind the closing quote */
function skipString(body: Buffer, openingQuote: number): number {
  for (let at = body.indexOf(quote, openingQuote + 1); at !== -1; at = body.indexOf(quote, at + 1)) {
    let before = at - 1
    while (body[before] === backslash) before--
    if ((at - before) % 2 === 1) return at + 1
  }
  return body.length
}

/** @returns the offset behind the value */
function skipValue(body: Buffer, from: number): number {
  const first = body[from]
  if (first === quote) return skipString(body, from)
  if (first === openBrace || first === openBracket) return skipNested(body, from)
  let at = from
  while (at < body.length && !endsScalar(body[at])) at++
  return at
}

/** @returns the offset behind the closing bracket; strings are hopped over by native search */
function skipNested(body: Buffer, openingBracket: number): number {
  let depth = 0
  let at = openingBracket
  while (at < body.length) {
    const byte = body[at] ?? 0
    if (byte === quote) {
      at = skipString(body, at)
      continue
    }
    at++
    // Numbers, commas and blanks are all below the brackets.
    if (byte < openBracket) continue
    if (byte === openBrace || byte === openBracket) depth++
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at
  }
  return at
}

function endsScalar(byte: number | undefined): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || isBlank(byte)
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function readKey(body: Buffer, start: number, end: number): string {
  const raw = body.toString('utf8', start + 1, end - 1)
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
}
