// Fetches what a target cannot fetch itself: addresses of images and files become their bytes.

import type { Abilities } from './abilities.ts'
import type { Conversation, Message } from './conversation.ts'
import type { AudioPart, FilePart, ImagePart, Part, ToolResultContent } from './parts.ts'

export interface FetchedMedia {
  readonly mediaType: string
  /** Base64. */
  readonly data: string
}

/**
 * @param wanted aborts when nobody waits for it any more
 * @throws GatewayError `invalid_request` for an address that may not or cannot be fetched
 */
export type FetchMedia = (url: string, wanted?: AbortSignal) => Promise<FetchedMedia>

type MediaPart = ImagePart | AudioPart | FilePart

/** Whether the conversation holds an address that the target does not take. */
export function needsMedia({ messages }: Conversation, { takesUrl }: Pick<Abilities, 'takesUrl'>): boolean {
  return messages.some(({ parts }) =>
    parts.some(part =>
      part.type === 'tool_result'
        ? part.content.some(inner => mustFetch(inner, takesUrl))
        : mustFetch(part, takesUrl),
    ),
  )
}

/** The conversation with those bytes in place; all are fetched at the same time, each address once. */
export async function inlineMedia(
  conversation: Conversation,
  { takesUrl }: Pick<Abilities, 'takesUrl'>,
  fetchMedia: FetchMedia,
): Promise<Conversation> {
  const fetched = new Map<string, Promise<FetchedMedia>>()
  const fetchOnce = (url: string): Promise<FetchedMedia> => {
    const known = fetched.get(url) ?? fetchMedia(url)
    fetched.set(url, known)
    return known
  }
  const inline = async <Kind extends Part | ToolResultContent>(part: Kind): Promise<Kind> => {
    if (!mustFetch(part, takesUrl)) return part
    const { mediaType, data } = await fetchOnce(part.source.url)
    return { ...part, source: { kind: 'base64', mediaType, data } }
  }
  const inlinePart = async (part: Part): Promise<Part> =>
    part.type === 'tool_result'
      ? { ...part, content: await Promise.all(part.content.map(inline)) }
      : inline(part)
  const inlineMessage = async (message: Message): Promise<Message> => ({
    ...message,
    parts: await Promise.all(message.parts.map(inlinePart)),
  })
  return { ...conversation, messages: await Promise.all(conversation.messages.map(inlineMessage)) }
}

function mustFetch<Kind extends Part | ToolResultContent>(
  part: Kind,
  takesUrl: Abilities['takesUrl'],
): part is Kind & MediaPart & { readonly source: { readonly kind: 'url' } } {
  if (part.type !== 'image' && part.type !== 'audio' && part.type !== 'file') return false
  return (
    part.source.kind === 'url' && /^https?:/i.test(part.source.url) && !takesUrl(part.source.url, part.type)
  )
}
