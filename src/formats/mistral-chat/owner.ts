// Whose words stand aside in a conversation: what Mistral's clients say beyond the neutral form means nothing to other
// servers of OpenAI's format, though it came in that shape.

import type { Conversation, Message, Tool } from '../../conversation/conversation.ts'
import type { Extra, Part, ToolResultContent } from '../../conversation/parts.ts'

export interface Owners {
  readonly from: string
  readonly to: string
}

export function changeOwner(conversation: Conversation, owners: Owners): Conversation {
  return {
    ...conversation,
    ...extraOf(conversation, owners),
    messages: conversation.messages.map(message => ofMessage(message, owners)),
    tools: conversation.tools.map(tool => ofTool(tool, owners)),
  }
}

function ofMessage(message: Message, owners: Owners): Message {
  return { ...message, ...extraOf(message, owners), parts: message.parts.map(part => ofPart(part, owners)) }
}

function ofPart(part: Part, owners: Owners): Part {
  // Thoughts bear the name of their maker.
  if (part.type === 'reasoning' || part.type === 'refusal') return part
  if (part.type !== 'tool_result') return ofContent(part, owners)
  const content = part.content.map(inner => ofContent(inner, owners))
  return { ...part, ...extraOf(part, owners), content }
}

function ofContent<Content extends ToolResultContent | Extract<Part, { type: 'tool_call' }>>(
  part: Content,
  owners: Owners,
): Content {
  if (part.type !== 'opaque') return { ...part, ...extraOf(part, owners) }
  return part.format === owners.from ? { ...part, format: owners.to } : part
}

function ofTool(tool: Tool, owners: Owners): Tool {
  if (tool.type !== 'provider') return { ...tool, ...extraOf(tool, owners) }
  return tool.format === owners.from ? { ...tool, format: owners.to } : tool
}

function extraOf({ extra }: { readonly extra?: Extra }, { from, to }: Owners): { extra?: Extra } {
  const own = extra?.[from]
  if (extra === undefined || own === undefined) return {}
  const { [from]: _moved, ...others } = extra
  return { extra: { ...others, [to]: own } }
}
