// Puts a conversation so that a format can say it, and puts the answer back into the client's terms: tools that take
// free text, answers that have to fit a schema, and names of tools that the target would refuse.

import type { Abilities } from './abilities.ts'
import type { Completion } from './completion.ts'
import type { Conversation, CustomTool, FunctionTool, Message, OutputFormat, Tool } from './conversation.ts'
import type { MeantCall, PassEvent } from './meant-calls.ts'
import type { ToolCallPart } from './parts.ts'
import { restoreCompletion } from './restore-completion.ts'
import { EventRestorer } from './restore-events.ts'
import { replaceToolNames } from './tool-names.ts'

export interface Adapted {
  readonly conversation: Conversation
  /** Undoes the adaptation in a whole answer. */
  restore(completion: Completion): Completion
  /** Undoes it in a stream. */
  restoreEvents(emit: PassEvent): PassEvent
}

export function adaptConversation(conversation: Conversation, abilities: Abilities): Adapted {
  const meant = new Map<string, MeantCall>()
  const steps = [
    abilities.customTools ? null : lowerCustomTools(conversation, meant),
    takesSchema(conversation, abilities) ? null : lowerSchema(conversation, meant),
  ]
  const lowered = steps.reduce<Conversation>((previous, step) => step?.(previous) ?? previous, conversation)
  const adapted = replaceToolNames(lowered, abilities.toolName, meant)
  if (meant.size === 0) return { conversation: adapted, restore: same, restoreEvents: same }
  return {
    conversation: adapted,
    restore: completion => restoreCompletion(completion, meant),
    restoreEvents(emit) {
      const restorer = new EventRestorer(meant, emit)
      return event => restorer.push(event)
    },
  }
}

function takesSchema(
  { tools }: Conversation,
  { jsonSchema, jsonSchemaBesideTools = jsonSchema }: Abilities,
): boolean {
  return tools.length === 0 ? jsonSchema : jsonSchemaBesideTools
}

function same<Value>(value: Value): Value {
  return value
}

type Step = (conversation: Conversation) => Conversation

/** The one argument of a function that stands for a tool with free text. */
const freeText = 'input'

function lowerCustomTools(conversation: Conversation, meant: Map<string, MeantCall>): Step | null {
  const custom = conversation.tools.filter(tool => tool.type === 'custom')
  if (custom.length === 0 && !conversation.messages.some(callsCustomTool)) return null
  for (const { name } of custom) meant.set(name, { as: 'custom', name, wrappedIn: freeText })
  return lowered => ({
    ...lowered,
    tools: lowered.tools.map(tool => (tool.type === 'custom' ? asFunction(tool) : tool)),
    messages: lowered.messages.map(lowerCustomCalls),
  })
}

function asFunction({ name, description, extra }: CustomTool): FunctionTool {
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    parameters: {
      type: 'object',
      properties: {
        [freeText]: { type: 'string', description: 'The whole input of the tool, as plain text.' },
      },
      required: [freeText],
      additionalProperties: false,
    },
    ...(extra === undefined ? {} : { extra }),
  }
}

function callsCustomTool({ parts }: Message): boolean {
  for (const part of parts) if (part.type === 'tool_call' && part.custom === true) return true
  return false
}

function lowerCustomCalls(message: Message): Message {
  if (!callsCustomTool(message)) return message
  return {
    ...message,
    parts: message.parts.map(part =>
      part.type === 'tool_call' && part.custom === true ? asFunctionCall(part) : part,
    ),
  }
}

function asFunctionCall({ custom: _custom, ...call }: ToolCallPart): ToolCallPart {
  return { ...call, arguments: JSON.stringify({ [freeText]: call.arguments }) }
}

type SchemaFormat = Extract<OutputFormat, { readonly type: 'json_schema' }>

/** Where a schema's value is no object, the tool has one argument that is. */
const wrappedAnswer = 'value'

/** A tool whose arguments are the answer. With other tools beside it the model may call those first. */
function lowerSchema({ output, tools }: Conversation, meant: Map<string, MeantCall>): Step | null {
  if (output?.type !== 'json_schema') return null
  const name = freeName(output.name ?? 'answer', tools)
  const wrapped = output.schema['type'] !== 'object'
  meant.set(name, { as: 'text', name, ...(wrapped && { wrappedIn: wrappedAnswer }) })
  return lowered => {
    const others = lowered.toolChoice?.mode === 'none' ? [] : lowered.tools
    const { output: _schema, ...rest } = lowered
    return {
      ...rest,
      tools: [...others, schemaTool(name, output, wrapped)],
      toolChoice: others.length === 0 ? { mode: 'required', names: [name] } : { mode: 'required' },
    }
  }
}

function schemaTool(name: string, { schema, description }: SchemaFormat, wrapped: boolean): FunctionTool {
  const explained = 'Gives the final answer. Call it once, with the whole answer as its arguments.'
  return {
    type: 'function',
    name,
    description: description === undefined ? explained : `${explained} ${description}`,
    parameters: wrapped
      ? {
          type: 'object',
          properties: { [wrappedAnswer]: schema },
          required: [wrappedAnswer],
          additionalProperties: false,
        }
      : schema,
  }
}

function freeName(wanted: string, tools: readonly Tool[]): string {
  const taken = new Set(tools.map(({ name }) => name))
  let name = wanted
  while (taken.has(name)) name = `${name}_answer`
  return name
}
