// Messages as the provider takes them: one `tool` message for each result, and before what else the user says.

import { droppedMarker } from '../../conversation/cache-markers.ts'
import type { Message } from '../../conversation/conversation.ts'
import { failedCall } from '../../conversation/failed-call.ts'
import { warnOfLostThoughts } from '../../conversation/lost-thoughts.ts'
import type { ReasoningPart, ToolCallPart, ToolResultPart } from '../../conversation/parts.ts'
import type { JsonObject, MutableJson } from '../../lib/json-value.ts'
import { otherFields } from '../shared/aside.ts'
import { cacheControl, encodePart, isMedia, joinContent, type Writing } from './encode-content.ts'
import { encodeDetail } from './encode-reasoning.ts'
import { formatName, ownExtra } from './name.ts'

export function encodeMessages(messages: readonly Message[], writing: Writing): readonly JsonObject[] {
  const encoded: JsonObject[] = []
  for (const warning of warnOfLostThoughts(messages, thought => takesBack(thought, writing)))
    writing.dropped.add(warning)
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as Message
    const text = bareTextOf(message)
    if (text === null) encoded.push(...encodeMessage(message, `messages[${index}]`, writing))
    else encoded.push({ role: message.role, content: text })
  }
  const ordered = writing.dialect.alternate ? alternate(encoded, writing) : encoded
  return markPrefill(ordered, writing)
}

/** What most messages are: one text, and nothing about it. Null for all others. */
function bareTextOf({ parts, name, extra }: Message): string | null {
  const part = parts[0]
  if (part?.type !== 'text' || parts.length > 1 || name !== undefined || extra !== undefined) return null
  return part.text === '' || part.cache !== undefined || part.extra !== undefined ? null : part.text
}

function encodeMessage(message: Message, path: string, writing: Writing): readonly JsonObject[] {
  if (message.role === 'system') return encodeSystem(message, path, writing)
  return message.role === 'user'
    ? encodeUser(message, path, writing)
    : encodeAssistant(message, path, writing)
}

function encodeSystem(message: Message, path: string, writing: Writing): readonly JsonObject[] {
  const { role: kept, ...extra } = ownExtra(message)
  const developer = writing.dialect.developerRole && kept === 'developer'
  const content = joinContent(
    message.parts.flatMap(part => encodePart(part, path, writing)),
    writing,
  )
  if (content === '') return []
  return [{ role: developer ? 'developer' : 'system', ...nameOf(message, writing), content, ...extra }]
}

function encodeUser(message: Message, path: string, writing: Writing): readonly JsonObject[] {
  const results = message.parts.filter(part => part.type === 'tool_result')
  const said = message.parts.flatMap(part => encodePart(part, path, writing))
  const pictured = results.flatMap(result => encodeResultMedia(result, path, writing))
  const tools = results.map(result => encodeResult(result, path, writing))
  const parts = [...pictured, ...said]
  if (parts.length === 0) return tools
  const content = joinContent(parts, writing)
  return [...tools, { role: 'user', ...nameOf(message, writing), content, ...ownExtra(message) }]
}

/** The format has no word for a failed call, and no place for an image: it follows in a message of the user. */
function encodeResult(result: ToolResultPart, path: string, writing: Writing): JsonObject {
  const { callId, isError, cache, content } = result
  const id = writing.mapId(callId)
  const parts = content.flatMap(part => (isMedia(part) ? [] : encodePart(part, path, writing)))
  if (isError === true) parts.unshift({ type: 'text', text: failedCall })
  if (content.some(isMedia))
    parts.push({ type: 'text', text: `(What the call ${id} returned follows in the next message.)` })
  if (cache !== undefined && parts.length === 0) writing.dropped.add(droppedMarker)
  const marked = isBare(parts, cache) ? parts : markLast(parts, cacheControl(cache, writing))
  return { role: 'tool', tool_call_id: id, content: joinText(marked, writing), ...ownExtra(result) }
}

function isBare(parts: readonly JsonObject[], cache: ToolResultPart['cache']): boolean {
  return cache === undefined || parts.length === 0
}

function markLast(parts: readonly JsonObject[], marker: JsonObject): readonly JsonObject[] {
  return parts.map((part, index) => (index === parts.length - 1 ? { ...part, ...marker } : part))
}

/** Many providers take a result only as a string. */
function joinText(parts: readonly JsonObject[], writing: Writing): string | readonly JsonObject[] {
  const plain = parts.every(part => part['type'] === 'text' && Object.keys(part).length === 2)
  return plain ? parts.map(part => part['text']).join('\n') : joinContent(parts, writing)
}

function encodeResultMedia(result: ToolResultPart, path: string, writing: Writing): readonly JsonObject[] {
  const media = result.content.filter(isMedia)
  if (media.length === 0) return []
  const line = { type: 'text', text: `Returned by the call ${writing.mapId(result.callId)}:` }
  return [line, ...media.flatMap(part => encodePart(part, path, writing))]
}

/** Nothing of a message that says nothing: providers refuse an empty one of the assistant. */
function encodeAssistant(message: Message, path: string, writing: Writing): readonly JsonObject[] {
  const thoughts = message.parts.filter(
    part => part.type === 'reasoning' && takesBack(part, writing),
  ) as readonly ReasoningPart[]
  const calls = message.parts.filter(part => part.type === 'tool_call')
  const { refusals } = writing.dialect
  const refusal = message.parts
    .flatMap(part => (refusals && part.type === 'refusal' ? part.text : []))
    .join('')
  const said = message.parts.flatMap(part =>
    (refusals && part.type === 'refusal') || isMedia(part) ? [] : encodePart(part, path, writing),
  )
  for (const part of message.parts) if (isMedia(part)) writing.dropped.add(`dropped content ${part.type}`)
  const extra = ownExtra(message)
  if (said.length === 0 && calls.length === 0 && refusal === '' && extra['audio'] === undefined) return []
  const chunks = writing.dialect.reasoningHistory === 'thinking_chunks' ? thoughts.map(encodeChunk) : []
  return [
    {
      role: 'assistant',
      ...nameOf(message, writing),
      ...encodeThoughts(thoughts, calls.length > 0, writing),
      // Some providers insist on a content beside the calls, and be it an empty one.
      content: joinContent([...chunks, ...said], writing),
      ...(refusal === '' ? {} : { refusal }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(call => encodeCall(call, writing)) }),
      ...extra,
    },
  ]
}

function takesBack({ origin = formatName }: ReasoningPart, { remembers }: Writing): boolean {
  return remembers && origin === formatName
}

function encodeChunk({ text }: ReasoningPart): JsonObject {
  return { type: 'thinking', thinking: [{ type: 'text', text }] }
}

function encodeThoughts(
  thoughts: readonly ReasoningPart[],
  callsTools: boolean,
  { dialect, remembers }: Writing,
): JsonObject {
  const { reasoningHistory: style, lostReasoning: lost } = dialect
  if (!remembers || style === undefined || style === 'thinking_chunks') return {}
  const text = thoughts.map(thought => thought.text).join('')
  if (text === '' && callsTools && lost !== undefined) return { [style]: lost }
  if (thoughts.length === 0) return {}
  if (style !== 'reasoning_details') return text === '' ? {} : { [style]: text }
  const detailed = thoughts.some(
    ({ extra, signature, encrypted }) =>
      extra !== undefined || signature !== undefined || encrypted !== undefined,
  )
  if (!detailed) return { reasoning: text }
  return { reasoning_details: thoughts.map(encodeDetail) }
}

function encodeCall(call: ToolCallPart, writing: Writing): JsonObject {
  const { mapId, dialect } = writing
  const { name, custom, signature } = call
  const id = mapId(call.id)
  const extra = { ...cacheControl(call.cache, writing), ...ownExtra(call) }
  if (custom === true) return { id, type: 'custom', custom: { name, input: call.arguments }, ...extra }
  // Templates of local servers parse them, and an empty text is no JSON.
  const text = call.arguments.trim() === '' ? '{}' : call.arguments
  const signed = signature === undefined || !dialect.thoughtSignatures ? {} : thoughtSignature(signature)
  return { id, type: 'function', function: { name, arguments: text }, ...signed, ...extra }
}

export function thoughtSignature(signature: string): JsonObject {
  return { extra_content: { google: { thought_signature: signature } } }
}

function nameOf({ name }: Message, { dialect, dropped }: Writing): JsonObject {
  if (name === undefined) return {}
  if (dialect.names) return { name }
  dropped.add('dropped parameter name')
  return {}
}

/** Joins neighbours of one role; a system message in the middle is said by the user. */
function alternate(messages: readonly JsonObject[], writing: Writing): readonly JsonObject[] {
  const turns: MutableJson[] = []
  for (const message of messages) {
    const begun = turns.some(turn => turn['role'] !== 'system')
    const said = message['role'] === 'system' && begun ? { ...message, role: 'user' } : message
    const last = turns.at(-1)
    if (last === undefined || last['role'] !== said['role'] || !canJoin(last) || !canJoin(said))
      turns.push({ ...said })
    else last['content'] = joinContent([...partsOf(last), ...partsOf(said)], writing)
  }
  return turns
}

const joined: ReadonlySet<string> = new Set(['role', 'content'])

function canJoin(message: JsonObject): boolean {
  return message['role'] !== 'tool' && otherFields(message, joined) === undefined
}

function partsOf({ content }: JsonObject): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content as readonly JsonObject[])
}

/** The last message of the assistant is the beginning of the answer. */
function markPrefill(messages: readonly JsonObject[], { prefill }: Writing): readonly JsonObject[] {
  if (prefill !== 'prefix' && prefill !== 'partial') return messages
  const last = messages.at(-1)
  if (last === undefined || !endsInPrefill(messages)) return messages
  return [...messages.slice(0, -1), { ...last, [prefill]: true }]
}

/** Whether the last thing said is the beginning of the answer. */
export function endsInPrefill(messages: readonly JsonObject[]): boolean {
  const last = messages.at(-1)
  return last?.['role'] === 'assistant' && last['tool_calls'] === undefined
}
