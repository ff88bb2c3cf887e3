// Counts of this span of time and the one before it; what is older is dropped as a whole.

export interface SavedSpans<Counts> {
  /** Number of the current span, since the clock's beginning. */
  readonly epoch: number
  readonly current: Counts | null
  readonly previous: Counts | null
}

export class Spans<Counts> {
  readonly #spanMs: number
  readonly #create: () => Counts
  #epoch = -1
  #current: Counts | null = null
  #previous: Counts | null = null

  constructor(spanMs: number, create: () => Counts) {
    this.#spanMs = spanMs
    this.#create = create
  }

  /** To be added to. */
  at(now: number): Counts {
    this.#moveTo(now)
    this.#current ??= this.#create()
    return this.#current
  }

  read(now: number): readonly Counts[] {
    this.#moveTo(now)
    return [this.#current, this.#previous].filter(counts => counts !== null)
  }

  /** Null where nothing was counted lately. */
  save(now: number): SavedSpans<Counts> | null {
    if (this.read(now).length === 0) return null
    return { epoch: this.#epoch, current: this.#current, previous: this.#previous }
  }

  /** In place of what was counted; what is too old by now goes with the next look. */
  restore({ epoch, current, previous }: SavedSpans<Counts>): void {
    this.#epoch = epoch
    this.#current = current
    this.#previous = previous
  }

  #moveTo(now: number): void {
    const epoch = Math.floor(now / this.#spanMs)
    // A clock that is set back by a little at the beginning of a span must not cost the counts of both.
    if (epoch === this.#epoch || epoch === this.#epoch - 1) return
    this.#previous = epoch === this.#epoch + 1 ? this.#current : null
    this.#current = null
    this.#epoch = epoch
  }
}
