// Finds the first mistake in a text that is not JSON. The engine's own message lacks the place at times, and quotes
// the text.

export interface JsonFault {
  /** In UTF-16 units from the start of the text. */
  readonly offset: number
  /** In plain words, fit to be followed by "at line 1". */
  readonly what: string
}

class Fault extends Error {
  readonly offset: number

  constructor(offset: number, what: string) {
    super(what)
    this.offset = offset
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /[A-Za-z_]+/y
const blanks = /[ \t\r\n]*/y
const escapes = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y

export function findJsonFault(text: string): JsonFault {
  try {
    scan(text)
  } catch (thrown) {
    if (thrown instanceof Fault) return { offset: thrown.offset, what: thrown.message }
    throw thrown
  }
  return { offset: text.length, what: 'something is wrong' }
}

/** Walks through the values without recursion: `open` holds the brackets that wait for their end. */
function scan(text: string): void {
  const open: string[] = []
  let at = skip(text, 0)
  if (at === text.length) throw new Fault(at, 'there is nothing in it,')
  while (at !== -1) {
    const bracket = text[at]
    const isOpen = bracket === '{' || bracket === '['
    const inside = isOpen ? skip(text, at + 1) : at
    if (isOpen && text[inside] !== closing(bracket)) {
      open.push(bracket)
      at = bracket === '{' ? scanKey(text, inside) : inside
    } else {
      at = leave(text, isOpen ? inside + 1 : scanScalar(text, at), open)
    }
  }
}

/** From the end of a value to the start of the next one; -1 at the end of the text. */
function leave(text: string, end: number, open: string[]): number {
  let at = skip(text, end)
  for (let bracket = open.at(-1); bracket !== undefined; bracket = open.at(-1)) {
    if (text[at] === ',') {
      const next = skip(text, at + 1)
      if (text[next] === closing(bracket)) throw new Fault(at, 'there is a comma after the last item')
      return bracket === '{' ? scanKey(text, next) : next
    }
    if (text[at] !== closing(bracket)) throw expected(text, at, `a comma or \`${closing(bracket)}\``)
    open.pop()
    at = skip(text, at + 1)
  }
  if (at < text.length) throw new Fault(at, 'there is something after the end')
  return -1
}

/** @returns the start of the key's value */
function scanKey(text: string, at: number): number {
  if (text[at] !== '"') throw expected(text, at, 'a key in double quotes')
  const colon = skip(text, scanString(text, at))
  if (text[colon] !== ':') throw expected(text, colon, 'a colon after the key')
  return skip(text, colon + 1)
}

function scanScalar(text: string, at: number): number {
  if (text[at] === '"') return scanString(text, at)
  const end = match(number, text, at) ?? at
  if (end > at) {
    const character = text[end]
    if (character !== undefined && /[\w.+-]/.test(character))
      throw new Fault(at, 'there is a malformed number')
    return end
  }
  const wordEnd = match(word, text, at)
  if (wordEnd === null) throw expected(text, at, 'a value')
  if (['true', 'false', 'null'].includes(text.slice(at, wordEnd))) return wordEnd
  throw new Fault(at, 'there is a word that is neither true, false nor null')
}

function scanString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] as string
    if (character === '"') return at + 1
    if (character < ' ') throw new Fault(at, 'there is a raw control character or line end within a string')
    if (character !== '\\') continue
    const end = match(escapes, text, at + 1)
    if (end === null) throw new Fault(at, 'there is an unknown escape in a string')
    at = end - 1
  }
  throw new Fault(start, 'the text ends within the string that starts')
}

function expected(text: string, at: number, what: string): Fault {
  if (at >= text.length) return new Fault(text.length, `the text ends where ${what} was expected,`)
  return new Fault(at, `${what} was expected`)
}

function skip(text: string, at: number): number {
  return match(blanks, text, at) ?? at
}

/** Where the match that starts here ends, or null. */
function match(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : null
}

function closing(bracket: string): string {
  return bracket === '{' ? '}' : ']'
}
