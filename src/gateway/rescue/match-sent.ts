// Finds in the text of another answer where the text that the client has read ends.

import { GatewayError } from '../../errors.ts'

/**
 * How the other answer stands to the one that broke off.
 * - `continuation`: it begins where the client is; thoughts it has about that are nothing the client can place.
 * - `echo`: the same, but it may say again what it was given to go on from.
 * - `repetition`: it begins anew, and has to say the same.
 */
export type JointKind = 'continuation' | 'echo' | 'repetition'

export interface MatchSent {
  /** Nothing more is looked for. */
  readonly isDone: boolean
  /** @returns what of it is new @throws GatewayError `upstream_diverged` */
  push(text: string): string
  /** The text is over. @returns what was held back and is new after all @throws GatewayError `upstream_diverged` */
  end(): string
}

/** @param sent what the client has read */
export function matchSent(kind: JointKind, sent: string): MatchSent {
  if (kind === 'repetition') return new StrictMatch(sent)
  const given = sent.trimEnd()
  const blanks = new BlankMatch(sent.slice(given.length))
  return kind === 'echo' ? new EchoMatch(given, blanks) : blanks
}

/** The other answer has to begin with all that was sent. */
class StrictMatch implements MatchSent {
  readonly #sent: string
  #at = 0

  constructor(sent: string) {
    this.#sent = sent
  }

  get isDone(): boolean {
    return this.#at === this.#sent.length
  }

  push(text: string): string {
    const wanted = Math.min(text.length, this.#sent.length - this.#at)
    if (this.#sent.slice(this.#at, this.#at + wanted) !== text.slice(0, wanted))
      throw new GatewayError('upstream_diverged')
    this.#at += wanted
    return text.slice(wanted)
  }

  end(): string {
    if (!this.isDone) throw new GatewayError('upstream_diverged')
    return ''
  }
}

/** A model goes on from a text without the blanks at its end, and says them itself: the client has them already. */
class BlankMatch implements MatchSent {
  #blanks: string

  constructor(blanks: string) {
    this.#blanks = blanks
  }

  get isDone(): boolean {
    return this.#blanks === ''
  }

  push(text: string): string {
    let same = 0
    while (same < this.#blanks.length && same < text.length && this.#blanks[same] === text[same]) same++
    this.#blanks = same === text.length ? this.#blanks.slice(same) : ''
    return text.slice(same)
  }

  end(): string {
    this.#blanks = ''
    return ''
  }
}

/** What it was given to go on from comes first, or not at all. Each letter is looked at once, however it is cut up. */
class EchoMatch implements MatchSent {
  readonly #given: string
  readonly #behind: MatchSent
  /** How much of what was given has been said again. */
  #at = 0
  #decided = false

  constructor(given: string, behind: MatchSent) {
    this.#given = given
    this.#behind = behind
  }

  get isDone(): boolean {
    return this.#decided && this.#behind.isDone
  }

  push(text: string): string {
    if (this.#decided) return this.#behind.push(text)
    const wanted = Math.min(text.length, this.#given.length - this.#at)
    const isEcho = this.#given.startsWith(text.slice(0, wanted), this.#at)
    if (!isEcho) return this.#release(text)
    this.#at += wanted
    if (this.#at < this.#given.length) return ''
    this.#decided = true
    return this.#behind.push(text.slice(wanted))
  }

  end(): string {
    return this.#decided || this.#at === 0 ? this.#behind.end() : this.#release('')
  }

  /** It was no echo: what looked like the beginning of one is new. */
  #release(text: string): string {
    this.#decided = true
    return this.#behind.push(this.#given.slice(0, this.#at) + text)
  }
}
