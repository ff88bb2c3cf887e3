// A request as Mistral's clients send it: what they say in other words than OpenAI's is put into those, and checked there.
// https://docs.mistral.ai/api/endpoint/chat

import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import type { Address, RequestFacts } from '../format.ts'
import { checkRequest as checkOpenAiRequest } from '../openai-chat/request.ts'
import { isInteger } from '../shared/checks.ts'

export function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const { random_seed: seed } = body
  if (seed !== undefined && seed !== null) isInteger(seed, 'random_seed')
  const facts = checkOpenAiRequest(inOpenAiWords(body), address)
  // The last chunk of every stream brings the usage, asked for or not.
  return { ...facts, fields: Object.keys(body), wantsStreamUsage: true }
}

/** The same request in chat completions of OpenAI; what has no word there stays as it is. */
export function inOpenAiWords(body: JsonObject): JsonObject {
  const { random_seed: seed, messages, ...others } = body
  return {
    ...others,
    ...(seed === undefined ? {} : { seed }),
    ...(messages === undefined ? {} : { messages: mapList(messages, messageInOpenAiWords) }),
  }
}

function messageInOpenAiWords(message: MutableJson): JsonObject {
  const { content, tool_calls: calls } = message
  const objects = Array.isArray(calls) && calls.some(call => hasObjectArguments(call))
  if (!Array.isArray(content) && !objects) return message
  return {
    ...message,
    ...(Array.isArray(content) && { content: mapList(content, chunkInOpenAiWords) }),
    ...(objects && { tool_calls: mapList(calls, callInOpenAiWords) }),
  }
}

/** Recordings are bare base64, or an address; files are named by their id alone. */
function chunkInOpenAiWords(chunk: MutableJson): JsonObject {
  const { type, input_audio: audio, file_id: id } = chunk
  if (type === 'input_audio' && isText(audio)) return { ...chunk, input_audio: recordingOf(audio) }
  if (type === 'file' && isText(id)) return { type, file: { file_id: id } }
  return chunk
}

/** Base64 of `RIFF`: the recordings that are taken are WAV and MP3. */
const waveHead = 'UklGR'

function recordingOf(data: string): JsonObject {
  return { data, format: data.startsWith(waveHead) ? 'wav' : 'mp3' }
}

function callInOpenAiWords(call: MutableJson): JsonObject {
  if (!hasObjectArguments(call)) return call
  const { function: called } = call as { readonly function: JsonObject }
  return { ...call, function: { ...called, arguments: JSON.stringify(called['arguments']) } }
}

function hasObjectArguments(call: unknown): boolean {
  return isObject(call) && isObject(call['function']) && isObject(call['function']['arguments'])
}

function mapList(list: unknown, map: (item: MutableJson) => JsonObject): unknown {
  if (!Array.isArray(list)) return list
  return list.map((item: unknown) => (isObject(item) ? map(item) : item))
}
