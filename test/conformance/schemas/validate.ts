// Holds what the gateway says to the schema of the format, and streams to their order as well.

import type { z } from 'zod'
import type { GrammarEvent } from '../grammars/grammar.ts'
import { grammars } from '../grammars/index.ts'
import { type Json, listAt } from '../support/json.ts'
import { readStreamEvents } from '../support/stream-events.ts'
import { anthropicError } from './anthropic-error.ts'
import {
  bedrockConverseAnswer,
  bedrockConverseError,
  bedrockConverseEvents,
  bedrockConverseRequest,
} from './bedrock-converse.ts'
import { cohereChatAnswer, cohereChatError, cohereChatEvent, cohereChatRequest } from './cohere-chat.ts'
import { geminiAnswer, geminiError, geminiRequest } from './gemini.ts'
import { ollamaChatAnswer, ollamaChatError, ollamaChatRequest } from './ollama-chat.ts'
import {
  anthropicSchema,
  type Check,
  openAiRequestSchema,
  openAiSchema,
  responseEventSchemas,
} from './published.ts'

interface Schemas {
  answer(): Check
  event(event: GrammarEvent): Check
  request(): Check
  error(): Check
}

const valid: Check = () => []

/** There is no schema for chunks of text completions: they are whole answers, but for those that are not the last. */
const completionChunk: Check = body => {
  const choices = listAt(body, 'choices').map(choice => ({
    ...choice,
    finish_reason: choice['finish_reason'] ?? 'stop',
  }))
  return openAiSchema('CreateCompletionResponse')({ ...(body as Json), choices })
}

const openAiError = (): Check => openAiSchema('ErrorResponse')

const byFormat: Readonly<Record<string, Schemas>> = {
  'openai-chat': {
    answer: () => openAiSchema('CreateChatCompletionResponse'),
    event: ({ body }) =>
      'error' in body ? openAiError() : openAiSchema('CreateChatCompletionStreamResponse'),
    request: () => openAiRequestSchema('CreateChatCompletionRequest'),
    error: openAiError,
  },
  'openai-responses': {
    answer: () => openAiSchema('Response'),
    event({ name }) {
      const schema = responseEventSchemas().get(name)
      return schema === undefined ? () => [`there is no event ${name}`] : openAiSchema(schema)
    },
    request: () => openAiRequestSchema('CreateResponse'),
    error: openAiError,
  },
  'openai-completions': {
    answer: () => openAiSchema('CreateCompletionResponse'),
    event: ({ body }) => ('error' in body ? openAiError() : completionChunk),
    request: () => openAiRequestSchema('CreateCompletionRequest'),
    error: openAiError,
  },
  'openai-embeddings': {
    answer: () => openAiSchema('CreateEmbeddingResponse'),
    event: () => valid,
    request: () => openAiRequestSchema('CreateEmbeddingRequest'),
    error: openAiError,
  },
  'anthropic-messages': {
    answer: () => anthropicSchema('message'),
    event({ name }) {
      if (name === 'ping') return valid
      return name === 'error' ? zodCheck(anthropicError) : anthropicSchema('event')
    },
    request: () => anthropicSchema('request'),
    error: () => zodCheck(anthropicError),
  },
  gemini: {
    answer: () => zodCheck(geminiAnswer),
    event: ({ body }) => zodCheck('error' in body ? geminiError : geminiAnswer),
    request: () => zodCheck(geminiRequest),
    error: () => zodCheck(geminiError),
  },
  'cohere-chat': {
    answer: () => zodCheck(cohereChatAnswer),
    event: () => zodCheck(cohereChatEvent),
    request: () => zodCheck(cohereChatRequest),
    error: () => zodCheck(cohereChatError),
  },
  'bedrock-converse': {
    answer: () => zodCheck(bedrockConverseAnswer),
    event({ name }) {
      if (name.endsWith('Exception')) return zodCheck(bedrockConverseError)
      const schema = bedrockConverseEvents[name]
      return schema === undefined ? () => [`there is no event ${name}`] : zodCheck(schema)
    },
    request: () => zodCheck(bedrockConverseRequest),
    error: () => zodCheck(bedrockConverseError),
  },
  'ollama-chat': {
    answer: () => zodCheck(ollamaChatAnswer),
    event: ({ body }) => zodCheck('error' in body ? ollamaChatError : ollamaChatAnswer),
    request: () => zodCheck(ollamaChatRequest),
    error: () => zodCheck(ollamaChatError),
  },
}

/** Bodies that nobody holds to a schema would pass unseen. */
function schemasOf(format: string): Schemas {
  const schemas = byFormat[format]
  if (schemas === undefined) throw new Error(`There is no schema for ${format}.`)
  return schemas
}

export function problemsOfAnswer(format: string, body: unknown): string[] {
  return schemasOf(format).answer()(body)
}

export function problemsOfRequest(format: string, body: unknown): string[] {
  return schemasOf(format).request()(body)
}

export function problemsOfError(format: string, body: unknown): string[] {
  return schemasOf(format).error()(body)
}

export function problemsOfStream(format: string, bytes: Buffer): string[] {
  const events = readStreamEvents(format, bytes)
  const schemas = schemasOf(format)
  const problems = events.flatMap(event =>
    schemas
      .event(event)(event.body)
      .map(problem => `${event.name} ${problem}`.trim()),
  )
  return [...new Set(problems), ...grammarOf(format, events)]
}

function grammarOf(format: string, events: readonly GrammarEvent[]): string[] {
  return grammars[format]?.(events) ?? []
}

function zodCheck(schema: z.ZodType): Check {
  return value => {
    const { success, error } = schema.safeParse(value)
    if (success) return []
    const [issue] = error.issues
    const path = issue?.path.map(step => (typeof step === 'number' ? '*' : String(step))).join('/')
    return [`/${path} ${deepest(issue)}`]
  }
}

/** Of a union, what is wrong with the alternative that came furthest. */
function deepest(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== 'invalid_union') return issue?.message ?? 'not valid'
  const ways = issue.errors.map(errors => errors[0]).filter(first => first !== undefined)
  ways.sort((left, right) => right.path.length - left.path.length)
  const [best] = ways
  return best === undefined ? issue.message : `${best.path.map(String).join('/')} ${deepest(best)}`
}
