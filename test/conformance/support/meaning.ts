// What a request means, put so that two ways of saying the same are equal; and what a format cannot say of it.

import type { Conversation, Message, Tool } from '../../../src/conversation/conversation.ts'
import { mergeTurns } from '../../../src/conversation/merge-turns.ts'
import type { Part } from '../../../src/conversation/parts.ts'
import { canonicalInput } from './reading.ts'

/** What is left out for a format, each with its reason. */
const unsaid: Readonly<
  Record<string, { readonly ids?: string; readonly stop?: string; readonly topP?: string }>
> = {
  'anthropic-messages': { topP: 'this model takes a temperature or a top_p, not both' },
  'bedrock-converse': { topP: 'this model takes a temperature or a top_p, not both' },
  'openai-responses': { stop: 'Responses have no stop sequences' },
  'ollama-chat': { ids: 'Ollama pairs results with calls by name and order' },
}

/** @param asked the request as it was: what it left open, a format may have to fill in */
export function meaningOf(conversation: Conversation, format: string, asked: Conversation): object {
  const { sampling, tools } = conversation
  const { system, turns } = mergeTurns(conversation.messages)
  const { ids, stop, topP: notBoth } = unsaid[format] ?? {}
  const { maxTokens, temperature, topP, stop: stops } = sampling
  return {
    streaming: conversation.streaming,
    system: system.map(part => ('text' in part ? part.text : part.type)).join('\n'),
    turns: turns.map(({ role, parts }) => ({
      role,
      parts: meaningOfParts({ role, parts }, ids !== undefined),
    })),
    tools: tools.map(meaningOfTool),
    maxTokens: asked.sampling.maxTokens === undefined ? null : maxTokens,
    temperature,
    topP: notBoth !== undefined && asked.sampling.temperature !== undefined ? null : topP,
    stops: stop === undefined ? stops : undefined,
  }
}

function meaningOfTool(tool: Tool): object {
  if (tool.type !== 'function') return { type: tool.type }
  return { name: tool.name, description: tool.description, parameters: tool.parameters }
}

/** Adjacent texts are one text. */
function meaningOfParts({ parts }: Pick<Message, 'role' | 'parts'>, withoutIds: boolean): unknown[] {
  const said: unknown[] = []
  for (const part of parts) {
    const meaning = meaningOfPart(part, withoutIds)
    if (meaning !== null) said.push(meaning)
  }
  return said
}

function meaningOfPart(part: Part, withoutIds: boolean): object | null {
  switch (part.type) {
    case 'text':
      return { text: part.text }
    case 'image':
      return { image: part.source }
    case 'tool_call':
      return { call: withoutIds ? null : part.id, name: part.name, input: canonicalInput(part.arguments) }
    case 'tool_result':
      return {
        result: withoutIds ? null : part.callId,
        said: part.content.map(inner => ('text' in inner ? inner.text : inner.type)).join('\n'),
      }
    case 'audio':
    case 'file':
    case 'reasoning':
    case 'refusal':
    case 'opaque':
      return { type: part.type }
  }
}
