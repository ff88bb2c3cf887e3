// What the model says: it has two files read at once, then quotes what the tools brought; and answers side questions.

import type { Usage } from '../../src/call.ts'
import type { AnswerPart, Completion } from '../../src/conversation/completion.ts'
import type { CompletionEvent } from '../../src/conversation/completion-event.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import type { ToolResultPart } from '../../src/conversation/parts.ts'
import { unfoldCompletion } from '../../src/conversation/unfold-completion.ts'
import { type JsonObject, sampleOf } from './json.ts'
import { callToRead } from './tools.ts'

/** What stands in the folder: a loss or a wrong character on the way shows in the quotation. */
export const files: Readonly<Record<string, string>> = {
  'harbour.txt': 'The harbour master says «Öl & 14 "kegs" of tar — 3 < 5, \\o/ 🦩».\n',
  'lighthouse.txt': 'Above the door stands «ключ №47: amber/heron 灯台».\n',
}

/** What the final words of an agent have to hold. */
export const quotations: readonly string[] = Object.values(files).flatMap(quotationsIn)

export const prompt = `Read the files ${Object.keys(files).join(' and ')} in this folder and quote what stands between the marks.`

/** The words that the quotation begins with. */
const introduction = 'The files say'

function quotationsIn(text: string): string[] {
  return text.match(/«[^»]*»/g) ?? []
}

const usage: Usage = {
  inputUncached: 20,
  cacheRead: 5,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 10,
  outputReasoning: 4,
  audioInput: 0,
  audioOutput: 0,
}

export interface Scene {
  /** Where the files are. */
  readonly folder: string
  /** Of the wire format that the upstream speaks. */
  readonly format: string
  readonly createId: () => string
}

export function answerTo(conversation: Conversation, scene: Scene): Completion {
  const parts = partsFor(conversation, scene)
  const calls = parts.some(({ type }) => type === 'tool_call')
  return {
    id: scene.createId(),
    model: conversation.model,
    created: 1_800_000_000,
    choices: [{ parts, finish: { reason: calls ? 'tool_calls' : 'stop' } }],
    usage,
  }
}

function partsFor(conversation: Conversation, scene: Scene): readonly AnswerPart[] {
  const { output, toolChoice, tools } = conversation
  if (output?.type === 'json_schema') return [say(JSON.stringify(sampleOf(output.schema)))]
  const demanded = toolChoice?.mode === 'required' ? toolChoice.names?.[0] : undefined
  const tool = tools.find(({ name }) => name === demanded)
  if (tool?.type === 'function')
    return [callOf(tool.name, sampleOf(tool.parameters ?? {}) as JsonObject, scene)]
  const results = conversation.messages.flatMap(({ parts }) =>
    parts.filter((part): part is ToolResultPart => part.type === 'tool_result'),
  )
  if (results.length > 0) return [say(quote(results))]
  return startReading(conversation, scene) ?? [say('Reading of two files')]
}

/** Null where there are no tools for it: a side question, as for the title of the conversation. */
function startReading(conversation: Conversation, scene: Scene): readonly AnswerPart[] | null {
  const calls = Object.keys(files).flatMap(name => {
    const call = callToRead(`${scene.folder}/${name}`, conversation)
    return call === null ? [] : [callOf(call.name, call.input, scene)]
  })
  if (calls.length === 0) return null
  return [thoughtIn(scene.format), say('I shall read both files.'), ...calls]
}

function quote(results: readonly ToolResultPart[]): string {
  const texts = results.flatMap(({ content }) => content.map(part => (part.type === 'text' ? part.text : '')))
  const found = quotationsIn(texts.join('\n'))
  const seen =
    found.length > 0 ? found.join(' and ') : `nothing between marks, but ${texts.join(' | ').slice(0, 500)}`
  return `${introduction}: ${seen}`
}

function say(text: string): AnswerPart {
  return { type: 'text', text }
}

function callOf(name: string, input: JsonObject, { format, createId }: Scene): AnswerPart {
  const call = {
    type: 'tool_call',
    id: `call_${createId()}`,
    name,
    arguments: JSON.stringify(input),
  } as const
  return format === 'gemini' ? { ...call, signature: 'c2lnbmVkIGNhbGw=' } : call
}

/** Thought aloud, with the proof that the vendors of the format give. */
function thoughtIn(format: string): AnswerPart {
  const thought = { type: 'reasoning', text: 'Both files have to be read.' } as const
  switch (format) {
    case 'anthropic-messages':
    case 'bedrock-converse':
      return { ...thought, origin: format, signature: 'c2lnbmVkIHRob3VnaHQ=' }
    case 'openai-responses':
      return { ...thought, origin: format, summary: true, encrypted: 'ZW5jcnlwdGVkIHRob3VnaHQ=' }
    default:
      return thought
  }
}

/** The stream of an answer, text and arguments in pieces of a few letters, as models make them. */
export function* streamOf(answer: Completion): Generator<CompletionEvent> {
  for (const event of unfoldCompletion(answer)) {
    if (event.type !== 'part_delta') yield event
    else for (const text of event.text.match(/.{1,7}/gsu) ?? []) yield { ...event, text }
  }
}
