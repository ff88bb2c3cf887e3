// Joins another answer to what a client has read of one: the client's encoder, which is where the client is, gets of
// the other answer what is new.

import type { Usage } from '../../call.ts'
import type { CompletionEvent, PartOpening, UsageEvent } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import type { StreamEncoder } from '../../formats/format.ts'
import { addUsage } from '../account.ts'
import { type JointKind, type MatchSent, matchSent } from './match-sent.ts'
import type { OpenPart, PartialAnswer } from './partial-answer.ts'

export interface JointOptions {
  readonly kind: JointKind
  readonly partial: PartialAnswer
  /** What the attempts before have used up; null for nothing. */
  readonly spent: Usage | null
  /** Primed with the partial answer. */
  readonly encoder: StreamEncoder
}

type Wanted = PartOpening['type']

/** A class because each event of a rescued stream passes through it. */
export class Joint implements StreamEncoder {
  readonly #options: JointOptions
  readonly #encoder: StreamEncoder
  readonly #matchText: MatchSent
  readonly #matchReasoning: MatchSent | null
  /** Those of the client's stream that have not ended. */
  readonly #open: OpenPart[]
  /** From the parts of the other answer to those of the client's; null for what is not passed on. */
  readonly #parts = new Map<number, { readonly to: number | null; readonly type: Wanted }>()
  #nextPart: number
  /** The last count of an answer that is held. */
  #counted: UsageEvent | null = null
  /** Nothing of the other answer has been passed on yet: it may still turn out to be of no use. */
  holding: boolean

  constructor(options: JointOptions) {
    const { kind, partial, encoder } = options
    this.#options = options
    this.#encoder = encoder
    this.#open = [...partial.open]
    this.#nextPart = partial.nextPart
    this.holding = kind === 'repetition'
    this.#matchText = matchSent(kind, partial.text)
    // Thoughts behind which the client has read no text are told again; all others have to be the same, or stay out.
    const told = kind === 'repetition' && partial.reasoning !== ''
    this.#matchReasoning = told ? matchSent(kind, partial.reasoning) : null
  }

  push(event: CompletionEvent): void {
    if ('choice' in event && event.choice !== 0) return
    switch (event.type) {
      case 'start':
        break
      case 'usage':
        this.#count(event)
        break
      case 'part_start':
        this.#begin(event.part, event.opening)
        break
      case 'part_delta':
        this.#addText(event.part, event.text)
        break
      case 'part_detail': {
        const to = this.#parts.get(event.part)?.to ?? null
        if (to !== null && !this.holding) this.#encoder.push({ ...event, part: to })
        break
      }
      case 'part_end':
        this.#end(event.part)
        break
      case 'part':
        if (event.value.type === 'reasoning') break
        this.#settle()
        this.#endOpen()
        this.#pass({ ...event, part: this.#nextPart++ })
        break
      case 'logprobs':
        if (!this.holding) this.#encoder.push(event)
        break
      case 'finish':
        this.#settle()
        this.#endOpen()
        this.#pass(event)
        if (this.#counted !== null) this.#encoder.push(this.#counted)
        this.#counted = null
        break
      case 'end':
        this.#settle()
        this.#encoder.push(event)
        break
    }
  }

  fail(error: GatewayError): void {
    this.#encoder.fail(error)
  }

  #count(event: UsageEvent): void {
    const { spent } = this.#options
    const whole = spent === null ? event : { ...event, usage: addUsage(spent, event.usage) }
    if (this.holding) this.#counted = whole
    else this.#encoder.push(whole)
  }

  #begin(part: number, opening: PartOpening): void {
    const { type } = opening
    const goesOn = this.#openPart(type)
    if (goesOn !== undefined || this.#isBehind(type)) {
      this.#parts.set(part, { to: goesOn?.part ?? null, type })
      return
    }
    if (type !== 'text') this.#settle()
    this.#endOpen()
    const to = this.#nextPart++
    this.#parts.set(part, { to, type })
    this.#pass({ type: 'part_start', choice: 0, part: to, opening })
  }

  #openPart(type: Wanted): OpenPart | undefined {
    if (type === 'reasoning' && this.#matchReasoning === null) return undefined
    return this.#open.find(open => open.type === type)
  }

  /** The client has read all of its kind: what comes of it now is compared, and has no place. */
  #isBehind(type: Wanted): boolean {
    const { text, reasoning } = this.#options.partial
    if (type === 'reasoning') return text !== '' || reasoning !== ''
    return type === 'text' && !this.#matchText.isDone && this.#options.kind === 'repetition'
  }

  #addText(part: number, text: string): void {
    const place = this.#parts.get(part)
    if (place === undefined || text === '') return
    const rest = this.#restOf(place.type, text)
    if (rest === '') return
    if (place.to === null) {
      // Thoughts are left out where the client cannot place them; words are not.
      if (place.type === 'text' || this.#matchReasoning !== null) throw new GatewayError('upstream_diverged')
      return
    }
    this.#pass({ type: 'part_delta', choice: 0, part: place.to, text: rest })
  }

  /** @returns what of it the client has not read @throws GatewayError `upstream_diverged` */
  #restOf(type: Wanted, text: string): string {
    if (type === 'text') {
      if (this.#matchReasoning?.isDone === false) throw new GatewayError('upstream_diverged')
      return this.#matchText.push(text)
    }
    return type === 'reasoning' && this.#matchReasoning !== null ? this.#matchReasoning.push(text) : text
  }

  /** The other answer says nothing more of what could match. @throws GatewayError `upstream_diverged` */
  #settle(): void {
    if (this.#matchReasoning?.isDone === false) throw new GatewayError('upstream_diverged')
    const rest = this.#matchText.end()
    const open = this.#open.find(({ type }) => type === 'text')
    if (rest !== '' && open !== undefined)
      this.#pass({ type: 'part_delta', choice: 0, part: open.part, text: rest })
  }

  #end(part: number): void {
    const place = this.#parts.get(part)
    if (place?.to === undefined || place.to === null) return
    if (place.type === 'text') {
      const rest = this.#matchText.isDone ? '' : this.#matchText.end()
      if (rest !== '') this.#pass({ type: 'part_delta', choice: 0, part: place.to, text: rest })
    }
    if (this.#matchReasoning?.isDone === false) throw new GatewayError('upstream_diverged')
    const at = this.#open.findIndex(open => open.part === place.to)
    if (at !== -1) this.#open.splice(at, 1)
    this.#pass({ type: 'part_end', choice: 0, part: place.to })
  }

  #endOpen(): void {
    for (const { part } of this.#open.splice(0)) this.#pass({ type: 'part_end', choice: 0, part })
  }

  #pass(event: CompletionEvent): void {
    this.holding = false
    this.#encoder.push(event)
  }
}
