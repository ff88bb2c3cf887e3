// How many tokens a prompt has, estimated without its model's tokenizer: text by the kinds of its words, everything else
// by what vendors document. Good to some ten percent, which is enough to know whether a prompt fits.

import { estimateTokenCount } from 'tokenx'
import type { Conversation, Message, Tool } from './conversation.ts'
import type { FilePart, Part, ToolResultContent } from './parts.ts'

/** What a message, a tool, and a call cost beside their text. */
const perMessage = 4
const perTool = 12
const perCall = 12

/** A picture of about a megapixel. https://platform.claude.com/docs/en/build-with-claude/vision#calculate-image-costs */
const perImage = 1_500
/** The same seen in passing. https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const perSmallImage = 85
/** A minute of speech, at 32 tokens a second. https://ai.google.dev/gemini-api/docs/audio */
const perAudio = 1_920
/** Two pages. https://platform.claude.com/docs/en/build-with-claude/pdf-support#estimate-your-costs */
const perDocument = 4_500

export function countTokens({ messages, tools, output }: Conversation): number {
  let tokens = 0
  for (const message of messages) tokens += countMessage(message)
  for (const tool of tools) tokens += countTool(tool)
  if (output?.type === 'json_schema') tokens += countText(JSON.stringify(output.schema))
  return Math.max(1, tokens)
}

function countMessage({ parts, name }: Message): number {
  let tokens = perMessage + (name === undefined ? 0 : countText(name))
  for (const part of parts) tokens += countPart(part)
  return tokens
}

function countTool(tool: Tool): number {
  if (tool.type === 'provider') return perTool + countText(JSON.stringify(tool.value))
  const { name, description = '' } = tool
  const parameters = tool.type === 'function' && tool.parameters !== undefined ? tool.parameters : {}
  return perTool + countText(name) + countText(description) + countText(JSON.stringify(parameters))
}

function countPart(part: Part | ToolResultContent): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return countText(part.text)
    case 'tool_call':
      return perCall + countText(part.name) + countText(part.arguments)
    case 'tool_result': {
      let tokens = perCall
      for (const inner of part.content) tokens += countPart(inner)
      return tokens
    }
    case 'image':
      return part.detail === 'low' ? perSmallImage : perImage
    case 'audio':
      return part.transcript === undefined ? perAudio : countText(part.transcript)
    case 'file':
      return countFile(part)
    case 'opaque':
      return countText(JSON.stringify(part.value))
  }
}

function countFile({ source, name = '' }: FilePart): number {
  const isText = source.kind === 'base64' && source.mediaType.startsWith('text/')
  return countText(name) + (isText ? countText(Buffer.from(source.data, 'base64').toString()) : perDocument)
}

/** Runs without a break are cut at this length: patterns over them would take time with its square. */
const longestRun = 256
const longRun = new RegExp(`\\S{${longestRun}}(?=\\S)`, 'g')

/** The tokens of a text. */
export function countText(text: string): number {
  if (text === '') return 0
  return text.length <= longestRun
    ? estimateTokenCount(text)
    : estimateTokenCount(text.replace(longRun, '$& '))
}
