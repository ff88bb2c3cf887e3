// What a request means, put so that two ways of saying the same are equal; and what a format cannot say of it.

import type { Conversation, Tool } from '../../../src/conversation/conversation.ts'
import { mergeTurns } from '../../../src/conversation/merge-turns.ts'
import type { Part } from '../../../src/conversation/parts.ts'
import { canonical } from './json.ts'
import { canonicalInput } from './reading.ts'

/** What a format cannot say as it was, each with its reason. */
interface Unsaid {
  readonly ids?: string
  readonly texts?: string
  readonly stop?: string
  readonly topP?: string
}

const unsaid: Readonly<Record<string, Unsaid>> = {
  'anthropic-messages': { topP: 'this model takes a temperature or a top_p, not both' },
  'bedrock-converse': { topP: 'this model takes a temperature or a top_p, not both' },
  'openai-responses': { stop: 'there are no stop sequences: a request with some is refused' },
  'ollama-chat': {
    ids: 'results are paired with calls by name and order',
    texts: 'a message has one text, with the images beside it',
  },
}

/** The request without what the format would refuse. */
export function sayable(asked: Conversation, format: string): Conversation {
  const { stop, ...sampling } = asked.sampling
  return stop === undefined || unsaid[format]?.stop === undefined ? asked : { ...asked, sampling }
}

/** @param asked the request as it was: what it left open, a format may have to fill in */
export function meaningOf(conversation: Conversation, format: string, asked: Conversation): object {
  const { sampling, tools } = conversation
  const { system, turns } = mergeTurns(conversation.messages)
  const unsaidHere = unsaid[format] ?? {}
  const { maxTokens, temperature, topP, stop: stops } = sampling
  return {
    streaming: conversation.streaming,
    system: system.map(part => ('text' in part ? part.text : part.type)).join('\n'),
    turns: turns.map(({ role, parts }) => ({
      role,
      parts: meaningOfParts(parts, unsaidHere),
    })),
    tools: tools.map(meaningOfTool),
    maxTokens: asked.sampling.maxTokens === undefined ? null : maxTokens,
    temperature,
    topP: unsaidHere.topP !== undefined && asked.sampling.temperature !== undefined ? null : topP,
    stops,
  }
}

function meaningOfTool(tool: Tool): object {
  if (tool.type !== 'function') return { type: tool.type }
  return { name: tool.name, description: tool.description, parameters: withoutEmptySchema(tool.parameters) }
}

/** A function without arguments may say so by a schema without properties. */
function withoutEmptySchema(parameters: Readonly<Record<string, unknown>> | undefined): object | undefined {
  const { type: _type, properties, ...rest } = parameters ?? {}
  const bare = Object.keys(rest).length === 0 && Object.keys(properties ?? {}).length === 0
  return bare ? undefined : parameters
}

function meaningOfParts(parts: readonly Part[], { ids, texts }: Unsaid): unknown[] {
  const said = parts.map(part => meaningOfPart(part, ids !== undefined))
  if (texts === undefined) return said
  const joined = said.flatMap(meaning => ('text' in meaning ? [meaning.text] : [])).join('\n')
  return [{ text: joined }, ...said.filter(meaning => !('text' in meaning))]
}

function meaningOfPart(part: Part, withoutIds: boolean): object {
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

/** All that a request asks, for comparing two requests of the same format. */
export function wholeMeaningOf(conversation: Conversation): Record<string, unknown> {
  const { messages, tools, sampling, toolChoice, parallelToolCalls, output, reasoning, user } = conversation
  const { system, turns } = mergeTurns(messages)
  const { maxTokens, temperature, topP, topK, stop, seed, frequencyPenalty, presencePenalty } = sampling
  const { choices, logprobs, logitBias } = sampling
  return {
    streaming: conversation.streaming,
    system: system.map(part => ('text' in part ? part.text : part.type)).join('\n'),
    turns: turns.map(({ role, parts }) => ({ role, parts: parts.map(part => meaningOfPart(part, true)) })),
    tools: tools.map(tool => canonical(meaningOfTool(tool))),
    toolChoice: canonical(toolChoice ?? { mode: 'auto' }),
    parallelToolCalls,
    // Text is what an answer is where nothing is said.
    output: canonical(output === undefined || output.type === 'text' ? null : output),
    reasoning: canonical(reasoning ?? null),
    user,
    maxTokens,
    temperature,
    topP,
    topK,
    stop,
    seed,
    frequencyPenalty,
    presencePenalty,
    choices,
    logprobs,
    logitBias,
  }
}
