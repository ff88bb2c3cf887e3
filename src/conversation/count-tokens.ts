// How many tokens a prompt has, estimated without its model's tokenizer: text by the kinds of its words, everything else
// by what vendors document. Good to some ten percent, which is enough to know whether a prompt fits.

import { estimateTokenCount } from 'tokenx'
import type { Conversation, Message, Tool } from './conversation.ts'
import type { FilePart, Part, ToolResultContent } from './parts.ts'

/** What a message, a tool, and a call cost beside their text. */
const perMessage = 4
const perTool = 12
const perCall = 12
/** A tool that the provider knows, with the instructions that it adds for it; from 250 to 1,500. */
const perProviderTool = 600

/** A picture of about a megapixel. https://platform.claude.com/docs/en/build-with-claude/vision#calculate-image-costs */
const perImage = 1_500
/** The same seen in passing. https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const perSmallImage = 85
/** A minute of speech, at 32 tokens a second. https://ai.google.dev/gemini-api/docs/audio */
const perAudio = 1_920
/** Two pages. https://platform.claude.com/docs/en/build-with-claude/pdf-support#estimate-your-costs */
const perDocument = 4_500

/** The tokens of a prompt in pieces that take a moment each: whoever adds them up can let others in between. */
export function* countTokens({ messages, tools, output }: Conversation): Generator<number> {
  for (const message of messages) yield* countMessage(message)
  for (const tool of tools) yield* countTool(tool)
  if (output?.type === 'json_schema') yield* countText(JSON.stringify(output.schema))
}

function* countMessage({ parts, name = '' }: Message): Generator<number> {
  yield perMessage
  yield* countText(name)
  for (const part of parts) yield* countPart(part)
}

function* countTool(tool: Tool): Generator<number> {
  if (tool.type === 'provider') {
    yield perProviderTool
    yield* countText(JSON.stringify(tool.value))
    return
  }
  yield perTool
  const { name, description = '' } = tool
  const parameters = tool.type === 'function' && tool.parameters !== undefined ? tool.parameters : {}
  for (const text of [name, description, JSON.stringify(parameters)]) yield* countText(text)
}

function* countPart(part: Part | ToolResultContent): Generator<number> {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      yield* countText(part.text)
      break
    case 'tool_call':
      yield perCall
      yield* countText(part.name)
      yield* countText(part.arguments)
      break
    case 'tool_result':
      yield perCall
      for (const inner of part.content) yield* countPart(inner)
      break
    case 'image':
      yield part.detail === 'low' ? perSmallImage : perImage
      break
    case 'audio':
      if (part.transcript === undefined) yield perAudio
      else yield* countText(part.transcript)
      break
    case 'file':
      yield* countFile(part)
      break
    case 'opaque':
      yield* countText(JSON.stringify(part.value))
      break
  }
}

function* countFile({ source, name = '' }: FilePart): Generator<number> {
  yield* countText(name)
  const isText = source.kind === 'base64' && source.mediaType.startsWith('text/')
  if (isText) yield* countText(Buffer.from(source.data, 'base64').toString())
  else yield perDocument
}

/** Runs without a break are cut at this length: patterns over them would take time with its square. */
const longestRun = 256
const longRun = new RegExp(`\\S{${longestRun}}(?=\\S)`, 'g')
/** A piece of text that takes a few milliseconds. */
const longestPiece = 32_768

function* countText(text: string): Generator<number> {
  for (let at = 0; at < text.length; at += longestPiece) {
    const piece = text.slice(at, at + longestPiece)
    yield estimateTokenCount(piece.length <= longestRun ? piece : piece.replace(longRun, '$& '))
  }
}
