// Names of tools that a target would refuse are replaced, the same way in every turn, and put back in the answer.

import { hash } from 'node:crypto'
import type { Conversation, Message, ToolChoice } from './conversation.ts'
import type { MeantCall } from './meant-calls.ts'

/** Replaces the names; what they stood for is added to `meant`. The conversation itself where all fit. */
export function replaceToolNames(
  conversation: Conversation,
  pattern: RegExp,
  meant: Map<string, MeantCall>,
): Conversation {
  const names = new Set<string>()
  for (const tool of conversation.tools) if (tool.type !== 'provider') names.add(tool.name)
  for (const { parts } of conversation.messages)
    for (const part of parts) if (part.type === 'tool_call') names.add(part.name)
  const replaced = new Map<string, string>()
  for (const name of names) if (!pattern.test(name)) replaced.set(name, fittingName(name, names))
  if (replaced.size === 0) return conversation
  for (const [name, fitting] of replaced) {
    const known = meant.get(name)
    meant.delete(name)
    meant.set(fitting, known ?? { as: 'function', name })
  }
  const rename = (name: string): string => replaced.get(name) ?? name
  return {
    ...conversation,
    tools: conversation.tools.map(tool =>
      tool.type === 'provider' ? tool : { ...tool, name: rename(tool.name) },
    ),
    messages: conversation.messages.map(message => renameIn(message, rename)),
    ...(conversation.toolChoice !== undefined && {
      toolChoice: renameChoice(conversation.toolChoice, rename),
    }),
  }
}

/** Letters, digits, `_` and `-`, at most 64: what every provider takes. The digest keeps different names different. */
function fittingName(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').replace(/^[^a-zA-Z_]/, '_$&')
  if (plain.length <= 64 && plain !== '' && !taken.has(plain)) return plain
  return `${plain.slice(0, 55)}_${hash('sha256', name).slice(0, 8)}`
}

function renameIn(message: Message, rename: (name: string) => string): Message {
  return {
    ...message,
    parts: message.parts.map(part => {
      if (part.type === 'tool_call') return { ...part, name: rename(part.name) }
      if (part.type === 'tool_result' && part.name !== undefined) return { ...part, name: rename(part.name) }
      return part
    }),
  }
}

function renameChoice(choice: ToolChoice, rename: (name: string) => string): ToolChoice {
  return 'names' in choice && choice.names !== undefined
    ? { ...choice, names: choice.names.map(rename) }
    : choice
}
