// What a client has read of an answer that broke off: its own stream, decoded, whatever way it came.

import type { CompletionEvent, PartDetailEvent, PartOpening } from '../../conversation/completion-event.ts'
import { asGatewayError } from '../../errors.ts'
import type { ChatTranslation, Framing, WireEvent } from '../../formats/format.ts'
import { EventReader } from '../../formats/streams/event-reader.ts'

/** A part that had begun and not ended. */
export interface OpenPart {
  readonly part: number
  readonly type: PartOpening['type']
}

export interface PartialAnswer {
  /** As the client got them. */
  readonly wire: readonly WireEvent[]
  /** The same in the neutral form: an encoder that is given them is where the client is. */
  readonly events: readonly CompletionEvent[]
  readonly text: string
  readonly reasoning: string
  readonly open: readonly OpenPart[]
  /** The number of the next part. */
  readonly nextPart: number
  /** Thoughts came behind the text: another answer cannot be compared with that. */
  readonly mixed: boolean
}

interface ClientFormat {
  readonly framing: Framing
  readonly chat: Pick<ChatTranslation, 'openDecoder' | 'isProof'>
}

/** @returns why nobody may go on with it, where that is so */
export function readPartialAnswer(bytes: Buffer, { framing, chat }: ClientFormat): PartialAnswer | string {
  const wire: WireEvent[] = []
  const events: CompletionEvent[] = []
  let ids = 0
  const decoder = chat.openDecoder({ createId: () => `sent${ids++}` }, event => events.push(event))
  try {
    const reader = new EventReader(framing, event => {
      wire.push(event)
      decoder.push(event)
      return true
    })
    const block = reader.split(bytes)
    if (block !== null) reader.read(block)
  } catch (thrown) {
    return `what was sent cannot be read again: ${asGatewayError(thrown).message}`
  }
  const partial = sumUp({ wire, given: events, chat })
  return typeof partial !== 'string' && isWhole(decoder) ? 'the answer was whole' : partial
}

/** All that is missing is the end. */
function isWhole(decoder: { finish(): void }): boolean {
  try {
    decoder.finish()
    return true
  } catch {
    return false
  }
}

interface Sent {
  readonly wire: readonly WireEvent[]
  readonly given: readonly CompletionEvent[]
  readonly chat: ClientFormat['chat']
}

function sumUp({ wire, given, chat }: Sent): PartialAnswer | string {
  const events = [...given]
  const open = new Map<number, PartOpening['type']>()
  const silent = new Set<number>()
  let text = ''
  let reasoning = ''
  let nextPart = 0
  let mixed = false
  for (const event of events) {
    if ('choice' in event && event.choice !== 0) return 'several answers were asked for'
    switch (event.type) {
      case 'part_start': {
        const { type } = event.opening
        if (type === 'tool_call') return 'a tool was called'
        if (type === 'refusal') return 'the model refused'
        open.set(event.part, type)
        silent.add(event.part)
        nextPart = event.part + 1
        break
      }
      case 'part_delta':
        if (event.text !== '') silent.delete(event.part)
        if (open.get(event.part) === 'text') text += event.text
        else {
          reasoning += event.text
          mixed ||= text !== ''
        }
        break
      case 'part_detail':
        if (isProof(event.detail, chat)) return 'the model signed its thoughts'
        break
      case 'part_end':
        open.delete(event.part)
        silent.delete(event.part)
        break
      case 'part':
        if (event.value.type !== 'reasoning' || isSealed(event.value)) return `it holds ${event.value.type}`
        nextPart = event.part + 1
        break
      case 'finish':
      case 'end':
        return 'the answer was whole'
      case 'start':
      case 'logprobs':
      case 'usage':
        break
    }
  }
  if (silent.size > 0) return 'a part had just begun'
  if (text !== '' && ![...open.values()].includes('text')) return 'its text had ended'
  return {
    wire,
    events,
    text,
    reasoning,
    open: [...open].map(([part, type]) => ({ part, type })),
    nextPart,
    mixed,
  }
}

function isProof(detail: PartDetailEvent['detail'], { isProof: proves }: ClientFormat['chat']): boolean {
  if ('encrypted' in detail) return true
  return 'signature' in detail && proves?.(detail.signature) !== false
}

function isSealed({
  signature,
  encrypted,
  text,
}: {
  signature?: string
  encrypted?: string
  text: string
}): boolean {
  return signature !== undefined || encrypted !== undefined || text !== ''
}
