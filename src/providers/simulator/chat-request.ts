// Reads a chat request: what the simulator needs of it, checked as OpenAI's API checks it.

import type { ToolOutcome } from './prose.ts'
import {
  checkSampling,
  isObject,
  type Json,
  RequestProblem,
  readNumber,
  readObject,
  readStop,
  wantsUsage,
} from './request-problem.ts'
import { countPromptTokens } from './tokens.ts'
import { readToolChoice, readTools, type Tool, type ToolChoice } from './tool-calls.ts'

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly schema: unknown }

export interface ChatRequest {
  readonly model: string
  /** Text of the last message of the user. */
  readonly question: string
  /** Results of tools after that message, to be used in the answer. */
  readonly outcomes: readonly ToolOutcome[]
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice
  /** null where the client says nothing. */
  readonly parallelToolCalls: boolean | null
  readonly responseFormat: ResponseFormat
  readonly choices: number
  readonly stops: readonly string[]
  readonly maxTokens: number | null
  readonly wantsUsage: boolean
  readonly promptTokens: number
}

const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])
const charactersOfMessage = 12
const charactersOfImage = 340

/** @throws RequestProblem */
export function readChatRequest(body: Json, model: string): ChatRequest {
  const messages = readMessages(body)
  checkToolMessages(messages)
  checkSampling(body)
  const tools = readTools(body)
  const lastUser = messages.findLast(message => message['role'] === 'user')
  return {
    model,
    question: lastUser === undefined ? '' : textOf(lastUser['content']),
    outcomes: readOutcomes(messages),
    tools,
    toolChoice: readToolChoice(body, tools),
    parallelToolCalls: typeof body['parallel_tool_calls'] === 'boolean' ? body['parallel_tool_calls'] : null,
    responseFormat: readResponseFormat(body),
    choices: readNumber(body, 'n', { minimum: 1, maximum: 128, integer: true }) ?? 1,
    stops: readStop(body),
    maxTokens: readMaxTokens(body),
    wantsUsage: wantsUsage(body),
    promptTokens: countPromptTokens(
      messages.reduce((sum, message) => sum + charactersOf(message), 0) +
        (tools.length === 0 ? 0 : JSON.stringify(body['tools']).length),
    ),
  }
}

function readMessages(body: Json): readonly Json[] {
  const messages = body['messages']
  if (messages === undefined)
    throw new RequestProblem("Missing required parameter: 'messages'.", {
      param: 'messages',
      code: 'missing_required_parameter',
    })
  if (!Array.isArray(messages))
    throw new RequestProblem("Invalid type for 'messages': expected an array of objects.", {
      param: 'messages',
      code: 'invalid_type',
    })
  if (messages.length === 0)
    throw new RequestProblem("Invalid 'messages': empty array. Expected an array with minimum length 1.", {
      param: 'messages',
      code: 'empty_array',
    })
  for (const [index, message] of messages.entries()) {
    if (!isObject(message) || !roles.has(String(message['role'])))
      throw new RequestProblem(
        `Invalid value for 'messages[${index}].role'. Supported values are: ${[...roles].join(', ')}.`,
        { param: `messages[${index}].role`, code: 'invalid_value' },
      )
  }
  return messages
}

/** Every call needs its result before anything else is said, and every result its call. */
function checkToolMessages(messages: readonly Json[]): void {
  let open = new Set<unknown>()
  for (const [index, message] of messages.entries()) {
    const param = `messages[${index}]`
    if (message['role'] === 'tool') {
      if (!open.delete(message['tool_call_id']))
        throw new RequestProblem(
          "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          { param: `${param}.tool_call_id` },
        )
      continue
    }
    if (open.size > 0) throw unanswered(open, param)
    open = new Set(callsOf(message).map(call => call['id']))
  }
  if (open.size > 0) throw unanswered(open, 'messages')
}

function unanswered(ids: ReadonlySet<unknown>, param: string): RequestProblem {
  return new RequestProblem(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    { param },
  )
}

function callsOf(message: Json): readonly Json[] {
  return Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isObject) : []
}

/** The results at the end of the conversation, with the names of the tools that gave them. */
function readOutcomes(messages: readonly Json[]): readonly ToolOutcome[] {
  const last = messages.findLastIndex(message => message['role'] !== 'tool')
  const caller = messages[last]
  if (caller === undefined) return []
  const names = new Map(callsOf(caller).map(call => [call['id'], nameOf(call)]))
  return messages.slice(last + 1).map(message => ({
    name: names.get(message['tool_call_id']) ?? '',
    result: textOf(message['content']),
  }))
}

function nameOf(call: Json): string {
  const name = isObject(call['function']) ? call['function']['name'] : undefined
  return typeof name === 'string' ? name : ''
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .filter(isObject)
    .map(part => (typeof part['text'] === 'string' ? part['text'] : ''))
    .filter(text => text !== '')
    .join(' ')
}

function charactersOf(message: Json): number {
  const { content, tool_calls: calls } = message
  const images = Array.isArray(content)
    ? content.filter(part => isObject(part) && part['type'] === 'image_url').length
    : 0
  const callCharacters = calls === undefined || calls === null ? 0 : JSON.stringify(calls).length
  return charactersOfMessage + textOf(content).length + images * charactersOfImage + callCharacters
}

function readMaxTokens(body: Json): number | null {
  const range = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER, integer: true }
  const current = readNumber(body, 'max_completion_tokens', range)
  const older = readNumber(body, 'max_tokens', range)
  if (current !== null && older !== null)
    throw new RequestProblem(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      { param: 'max_tokens', code: 'invalid_parameter_combination' },
    )
  return current ?? older
}

function readResponseFormat(body: Json): ResponseFormat {
  const written = readObject(body, 'response_format')
  switch (written?.['type'] ?? 'text') {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json_object' }
    case 'json_schema': {
      const described = written?.['json_schema']
      if (!isObject(described) || typeof described['name'] !== 'string')
        throw new RequestProblem("Missing required parameter: 'response_format.json_schema.name'.", {
          param: 'response_format.json_schema.name',
          code: 'missing_required_parameter',
        })
      return { type: 'json_schema', schema: described['schema'] ?? { type: 'object' } }
    }
    default:
      throw new RequestProblem(
        "Invalid value for 'response_format.type'. Supported values are: text, json_object, json_schema.",
        { param: 'response_format.type', code: 'invalid_value' },
      )
  }
}
