// Tool calls and their results must pair up, or providers refuse the whole conversation. Clients cut histories and
// lose one of the two: what can be mended without inventing anything is mended here, before any format sees it.

import type { Conversation, Message } from './conversation.ts'
import type { Part, TextPart, ToolCallPart, ToolResultPart } from './parts.ts'

const lostResult: TextPart = { type: 'text', text: 'No result was recorded for this call.' }

/**
 * The conversation with every call answered and every result called for. A call without a result gets one that says so
 * (but for the calls of the last message, which may be the client's to answer later); a result without a call becomes
 * text of the user. The names of the tools are filled in where only their ids were given.
 * @returns the conversation itself where nothing had to be mended
 */
export function mendHistory(conversation: Conversation): Conversation {
  const calls = new Map<string, ToolCallPart>()
  let answered = 0
  let whole = true
  for (const { parts } of conversation.messages)
    for (const part of parts) {
      if (part.type === 'tool_call') calls.set(part.id, part)
      if (part.type !== 'tool_result') continue
      answered++
      if (!calls.has(part.callId) || part.name === undefined) whole = false
    }
  if (whole && answered === calls.size) return conversation
  return { ...conversation, messages: mendMessages(conversation.messages, calls) }
}

function mendMessages(
  messages: readonly Message[],
  calls: ReadonlyMap<string, ToolCallPart>,
): readonly Message[] {
  const mended: Message[] = []
  const seen = new Set<string>()
  const answeredAt = lastAnswers(messages)
  let open = new Map<string, ToolCallPart>()
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant') {
      const last = mended.at(-1)
      const waits = [...open.keys()].some(id => (answeredAt.get(id) ?? -1) > index)
      const goesOn = waits && last?.role === 'assistant'
      if (open.size > 0 && !goesOn)
        mended.push({ role: 'user', parts: [...open.values()].map(answerOfNobody) })
      if (!goesOn) open = new Map()
      for (const call of callsOf(message)) {
        open.set(call.id, call)
        seen.add(call.id)
      }
      if (goesOn) mended[mended.length - 1] = joinAnswers(last, message)
      else mended.push(message)
      continue
    }
    const parts = message.parts.map(part =>
      part.type === 'tool_result' ? mendResult(part, { calls, seen, open }) : part,
    )
    const endsTurn = message.role === 'user' && parts.some(part => part.type !== 'tool_result')
    const missing = endsTurn ? [...open.values()].map(answerOfNobody) : []
    if (endsTurn) open = new Map()
    mended.push(missing.length === 0 ? { ...message, parts } : { ...message, parts: [...missing, ...parts] })
  }
  return mended
}

/** Where the result of each call stands, by its id. */
function lastAnswers(messages: readonly Message[]): ReadonlyMap<string, number> {
  const answers = new Map<string, number>()
  for (const [index, { parts }] of messages.entries())
    for (const part of parts) if (part.type === 'tool_result') answers.set(part.callId, index)
  return answers
}

function callsOf({ parts }: Message): readonly ToolCallPart[] {
  return parts.filter(part => part.type === 'tool_call')
}

/** What the model said in two messages before anybody answered its calls is one turn: the calls end it. */
function joinAnswers(first: Message, second: Message): Message {
  const parts = [...first.parts, ...second.parts]
  const calls = parts.filter(({ type }) => type === 'tool_call')
  return { ...first, parts: [...parts.filter(({ type }) => type !== 'tool_call'), ...calls] }
}

interface History {
  readonly calls: ReadonlyMap<string, ToolCallPart>
  /** Ids of the calls that stand before this message. */
  readonly seen: ReadonlySet<string>
  /** Calls of the last assistant message that nobody has answered. */
  readonly open: Map<string, ToolCallPart>
}

function mendResult(result: ToolResultPart, { calls, seen, open }: History): Part {
  const call = calls.get(result.callId)
  if (call === undefined || !seen.has(result.callId)) return asText(result)
  open.delete(result.callId)
  return result.name === undefined ? { ...result, name: call.name } : result
}

function answerOfNobody(call: ToolCallPart): ToolResultPart {
  return { type: 'tool_result', callId: call.id, name: call.name, content: [lostResult] }
}

/** What cannot be said as a result is still said. */
function asText(result: ToolResultPart): TextPart {
  const said = result.content.map(part => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n')
  return { type: 'text', text: `Result of the tool ${result.name ?? result.callId}:\n${said}` }
}
