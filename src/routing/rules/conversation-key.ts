// By what a conversation is known again when it goes on: what its client calls it, or else how it began.

import { hash } from 'node:crypto'
import type { Operation } from '../../call.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { AskedRequest } from './request-variables.ts'

export interface ConversationKey {
  readonly key: string
  /** It has been answered before, or its client names it: it may be looked for. */
  readonly goesOn: boolean
}

/** What of a request tells its conversation. */
export type ConversationQuestion = Pick<AskedRequest, 'tenant' | 'keyId' | 'headers' | 'body'> & {
  readonly facts: Pick<AskedRequest['facts'], 'model' | 'operation'>
}

/** Enough to tell conversations of one key apart, and little to read. */
const maxText = 1_024
const maxDepth = 4

const sessionHeaders = ['x-llm-proxy-session', 'x-session-id'] as const
const sessionFields = ['session_id', 'conversation_id', 'thread_id'] as const
/** Others are asked for one thing alone, which two requests may well begin with. */
const conversing: ReadonlySet<Operation> = new Set(['chat', 'completion'])
const answering: ReadonlySet<unknown> = new Set(['assistant', 'model', 'tool'])

/** Null where there is no conversation. Whoever asks is part of the key: nobody is led by another's conversations. */
export function conversationKeyOf(asked: ConversationQuestion): ConversationKey | null {
  const named = nameOf(asked)
  const began = named === null && conversing.has(asked.facts.operation) ? beginningOf(asked.body) : null
  const about = named ?? began?.text
  if (about === undefined || about === '') return null
  const text = `${asked.tenant}\n${asked.keyId ?? ''}\n${asked.facts.model}\n${about}`
  return {
    key: hash('sha256', text, 'base64url').slice(0, 22),
    goesOn: named !== null || began?.goesOn === true,
  }
}

function nameOf({ body, headers }: Pick<ConversationQuestion, 'body' | 'headers'>): string | null {
  const { prompt_cache_key, metadata } = body
  const candidates = [
    ...sessionHeaders.map(name => headers[name]),
    prompt_cache_key,
    ...(isObject(metadata) ? sessionFields.map(name => metadata[name]) : []),
  ]
  const found = candidates.find(value => typeof value === 'string' && value !== '')
  return typeof found === 'string' ? found.slice(0, maxText) : null
}

interface Beginning {
  readonly text: string
  readonly goesOn: boolean
}

/** The instructions and the first message of the user: what stays the same from turn to turn. */
function beginningOf(body: JsonObject): Beginning | null {
  const { messages, input, contents } = body
  const list = messages ?? contents ?? input
  const instructions = body['system'] ?? body['instructions'] ?? body['systemInstruction']
  if (typeof list === 'string') return { text: `${digest(instructions)}\n${digest(list)}`, goesOn: false }
  if (!Array.isArray(list)) return null
  const entries: readonly unknown[] = list
  const first = entries.findIndex(entry => isObject(entry) && (entry['role'] ?? 'user') === 'user')
  // The instructions alone are those of many conversations.
  if (first === -1) return null
  const opening = entries.slice(0, first + 1).map(contentOf)
  return {
    text: [instructions, ...opening].map(digest).join('\n'),
    goesOn: entries.some(entry => isObject(entry) && answering.has(entry['role'])),
  }
}

function contentOf(message: unknown): unknown {
  return isObject(message) ? (message['content'] ?? message['parts']) : message
}

/** The first of the text, and how long all of it is. */
function digest(value: unknown): string {
  const found = { text: '', length: 0 }
  collect(value, found, 0)
  return `${found.length} ${found.text}`
}

function collect(value: unknown, found: { text: string; length: number }, depth: number): void {
  if (typeof value === 'string') {
    found.length += value.length
    if (found.text.length < maxText) found.text += value.slice(0, maxText - found.text.length)
  } else if (Array.isArray(value)) {
    if (depth < maxDepth) for (const part of value) collect(part, found, depth + 1)
  } else if (isObject(value)) {
    collect(value['text'] ?? value['content'], found, depth + 1)
  }
}
