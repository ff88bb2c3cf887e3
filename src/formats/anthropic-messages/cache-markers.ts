// Prompt caching allows four markers in a request, and those that last an hour before those that last five minutes.
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching

import { droppedMarker } from '../../conversation/cache-markers.ts'
import type { Conversation, Message, Tool } from '../../conversation/conversation.ts'
import type { CacheMarker, Part } from '../../conversation/parts.ts'

const most = 4

/**
 * The conversation with no more markers than are allowed, in an order that is: the first and the latest are kept, and what
 * stands before an hour's marker lasts an hour, too.
 * @param warnings grows where a marker is lost
 */
export function fitMarkers(conversation: Conversation, warnings: string[]): Conversation {
  const markers = listMarkers(conversation)
  const lastHour = markers.findLastIndex(({ ttl }) => ttl === '1h')
  const inOrder = markers.every(({ ttl }, index) => ttl === '1h' || index > lastHour)
  if (markers.length <= most && inOrder) return conversation
  const kept = markers.map((marker, index): CacheMarker | null => {
    const stays = index === 0 || index > markers.length - most
    return stays ? (index < lastHour ? { ttl: '1h' } : marker) : null
  })
  if (markers.length > most) warnings.push(droppedMarker)
  return replaceMarkers(conversation, kept)
}

interface Markable {
  readonly cache?: CacheMarker
}

/** In the order in which the provider reads a request: tools, system, messages. */
function listMarkers({ tools, messages }: Conversation): readonly CacheMarker[] {
  const found: CacheMarker[] = []
  visit({ tools, messages }, marked => {
    if (marked.cache !== undefined) found.push(marked.cache)
    return marked
  })
  return found
}

function replaceMarkers(conversation: Conversation, markers: readonly (CacheMarker | null)[]): Conversation {
  let next = 0
  const { tools, messages } = visit(conversation, marked => {
    if (marked.cache === undefined) return marked
    const { cache: _old, ...rest } = marked
    const marker = markers[next++]
    return marker === undefined || marker === null
      ? (rest as typeof marked)
      : ({ ...rest, cache: marker } as typeof marked)
  })
  return { ...conversation, tools, messages }
}

type Change = <Kind extends Markable>(marked: Kind) => Kind

function visit(
  { tools, messages }: Pick<Conversation, 'tools' | 'messages'>,
  change: Change,
): Pick<Conversation, 'tools' | 'messages'> {
  const changedTools = tools.map((tool): Tool => (tool.type === 'function' ? change(tool) : tool))
  const changed: Message[] = [...messages]
  const pass = (system: boolean): void => {
    for (const [index, message] of messages.entries())
      if ((message.role === 'system') === system)
        changed[index] = { ...message, parts: message.parts.map(part => visitPart(part, change)) }
  }
  pass(true)
  pass(false)
  return { tools: changedTools, messages: changed }
}

/** What stands inside the result of a tool comes before the result's own end. */
function visitPart(part: Part, change: Change): Part {
  switch (part.type) {
    case 'tool_result': {
      const content = part.content.map(inner => (inner.type === 'opaque' ? inner : change(inner)))
      return change({ ...part, content })
    }
    case 'reasoning':
    case 'refusal':
    case 'opaque':
      return part
    case 'text':
    case 'image':
    case 'audio':
    case 'file':
    case 'tool_call':
      return change(part)
  }
}
