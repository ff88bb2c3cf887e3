// Reads a regular expression into its pieces. What cannot be matched in linear time (back references, looking around) is
// refused by name.

export class PatternError extends Error {}

export type TakesUnit = (unit: number) => boolean

export type Piece =
  | { readonly kind: 'unit'; readonly takes: TakesUnit }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'sequence'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'choice'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'repeat'; readonly piece: Piece; readonly least: number; readonly most: number | null }

const maxLength = 256
const maxCount = 100
const maxDepth = 20

const isDigit: TakesUnit = unit => unit >= 48 && unit <= 57
const isWord: TakesUnit = unit =>
  isDigit(unit) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95
const isSpace: TakesUnit = unit => unit === 32 || (unit >= 9 && unit <= 13)
const not =
  (takes: TakesUnit): TakesUnit =>
  unit =>
    !takes(unit)

const classes: Readonly<Record<string, TakesUnit>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
}

const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 }

const atBorder = (text: string, at: number): boolean =>
  (at > 0 && isWord(text.charCodeAt(at - 1))) !== (at < text.length && isWord(text.charCodeAt(at)))

/** @throws PatternError */
export function parsePattern(pattern: string): Piece {
  if (pattern.length > maxLength) throw new PatternError(`is longer than ${maxLength} characters`)
  const anyCase = pattern.startsWith('(?i)')
  const parser = new PatternParser(anyCase ? pattern.slice(4) : pattern, anyCase)
  return parser.parse()
}

class PatternParser {
  readonly #text: string
  readonly #anyCase: boolean
  #at = 0
  #depth = 0

  constructor(text: string, anyCase: boolean) {
    this.#text = text
    this.#anyCase = anyCase
  }

  parse(): Piece {
    const piece = this.#choice()
    if (this.#at < this.#text.length) throw new PatternError('has a `)` without its `(`')
    return piece
  }

  #choice(): Piece {
    const pieces = [this.#sequence()]
    while (this.#take('|')) pieces.push(this.#sequence())
    return pieces.length === 1 ? (pieces[0] as Piece) : { kind: 'choice', pieces }
  }

  #sequence(): Piece {
    const pieces: Piece[] = []
    for (let next = this.#peek(); next !== '' && next !== '|' && next !== ')'; next = this.#peek())
      pieces.push(this.#repeated(this.#atom()))
    return { kind: 'sequence', pieces }
  }

  #repeated(piece: Piece): Piece {
    const bounds = this.#bounds()
    if (bounds === null) return piece
    // Greedy or not, a match is a match.
    this.#take('?')
    if (this.#bounds() !== null) throw new PatternError('repeats a repetition: put it into a group')
    return { kind: 'repeat', piece, ...bounds }
  }

  #bounds(): { readonly least: number; readonly most: number | null } | null {
    if (this.#take('*')) return { least: 0, most: null }
    if (this.#take('+')) return { least: 1, most: null }
    if (this.#take('?')) return { least: 0, most: 1 }
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 20))
    if (counted === null) return null
    this.#at += counted[0].length
    const least = Number(counted[1])
    const open = counted[2] !== undefined && counted[3] === ''
    const most = open ? null : Number(counted[3] ?? least)
    if (Math.max(least, most ?? 0) > maxCount) throw new PatternError(`repeats more than ${maxCount} times`)
    if (most !== null && most < least) throw new PatternError('has a repetition whose bounds are reversed')
    return { least, most }
  }

  #atom(): Piece {
    const next = this.#next()
    if (next === '(') return this.#group()
    if (next === '[') return { kind: 'unit', takes: this.#set() }
    if (next === '.') return { kind: 'unit', takes: unit => unit !== 10 && unit !== 13 }
    if (next === '^') return { kind: 'assert', holds: (_, at) => at === 0 }
    if (next === '$') return { kind: 'assert', holds: (text, at) => at === text.length }
    if (next === '*' || next === '+' || next === '?')
      throw new PatternError(`has nothing before its \`${next}\``)
    if (next !== '\\') return { kind: 'unit', takes: this.#exactly(next.charCodeAt(0)) }
    const escaped = this.#peek()
    if (escaped === 'b' || escaped === 'B') {
      this.#at++
      return { kind: 'assert', holds: escaped === 'b' ? atBorder : (text, at) => !atBorder(text, at) }
    }
    const named = this.#escapedClass()
    return { kind: 'unit', takes: named ?? this.#exactly(this.#escapedUnit()) }
  }

  #group(): Piece {
    if (++this.#depth > maxDepth) throw new PatternError('is nested too deeply')
    if (this.#take('?') && !this.#take(':'))
      throw new PatternError('has a group of a kind that is not supported: only `(…)` and `(?:…)` are')
    const piece = this.#choice()
    if (!this.#take(')')) throw new PatternError('has a `(` without its `)`')
    this.#depth--
    return piece
  }

  #set(): TakesUnit {
    const inverted = this.#take('^')
    const parts: TakesUnit[] = []
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#peek() === '') throw new PatternError('has a `[` without its `]`')
      parts.push(this.#setMember())
    }
    this.#at++
    const takes: TakesUnit = unit => parts.some(part => part(unit))
    return inverted ? not(takes) : takes
  }

  #setMember(): TakesUnit {
    const named = this.#peek() === '\\' ? this.#escapedClassAhead() : undefined
    if (named !== undefined) return named
    const from = this.#setUnit()
    if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']') return this.#exactly(from)
    this.#at++
    const to = this.#setUnit()
    if (to < from) throw new PatternError('has a range whose ends are reversed')
    const within: TakesUnit = unit => unit >= from && unit <= to
    return this.#anyCase ? unit => within(lower(unit)) || within(upper(unit)) : within
  }

  #setUnit(): number {
    const next = this.#next()
    return next === '\\' ? this.#escapedUnit() : next.charCodeAt(0)
  }

  #escapedClassAhead(): TakesUnit | undefined {
    this.#at++
    const named = this.#escapedClass()
    if (named === undefined) this.#at--
    return named
  }

  /** After a backslash. */
  #escapedClass(): TakesUnit | undefined {
    const name = this.#peek()
    const named = Object.hasOwn(classes, name) ? classes[name] : undefined
    if (named !== undefined) this.#at++
    return named
  }

  /** After a backslash. */
  #escapedUnit(): number {
    const next = this.#next()
    const code = next === 'x' ? this.#hex(2) : next === 'u' ? this.#hex(4) : controls[next]
    if (code !== undefined) return code
    if (/[A-Za-z0-9]/.test(next)) throw new PatternError(`has \`\\${next}\`, which is not supported`)
    return next.charCodeAt(0)
  }

  #hex(digits: number): number {
    const text = this.#text.slice(this.#at, this.#at + digits)
    if (!new RegExp(`^[0-9A-Fa-f]{${digits}}$`).test(text))
      throw new PatternError('has an escape without its hexadecimal digits')
    this.#at += digits
    return Number.parseInt(text, 16)
  }

  #exactly(code: number): TakesUnit {
    return this.#anyCase ? unit => lower(unit) === lower(code) : unit => unit === code
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #next(): string {
    const next = this.#text[this.#at++]
    if (next === undefined) throw new PatternError('ends in the middle')
    return next
  }

  #take(wanted: string): boolean {
    if (this.#peek() !== wanted) return false
    this.#at++
    return true
  }
}

function lower(unit: number): number {
  return unit >= 65 && unit <= 90 ? unit + 32 : unit
}

function upper(unit: number): number {
  return unit >= 97 && unit <= 122 ? unit - 32 : unit
}
