// For tests: the context of an answer, the events of a stream, and the schemas of the wire where they are at hand.

import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { EncodeContext, EncodeTarget, JsonObject, WireEvent } from '../format.ts'
import { anthropicMessages } from './index.ts'

export const plainConversation: Conversation = {
  model: 'asked-model',
  streaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
}

export function messageContext(asked: Conversation = plainConversation): EncodeContext<Conversation> {
  let ids = 0
  return { asked, id: 'exchange1', created: 1_700_000_000, inputTokens: 7, createId: () => `id${ids++}` }
}

export function targetOf(model: string, more: Partial<EncodeTarget> = {}): EncodeTarget {
  return { model, maxOutputTokens: null, streamUsage: 'reject', quirks: {}, ...more }
}

/** What a client of this format gets of neutral events. */
export function readEvents(
  events: Iterable<CompletionEvent>,
  context: EncodeContext<Conversation> = messageContext(),
): readonly WireEvent[] {
  const written: WireEvent[] = []
  const encoder = anthropicMessages.chat.openEncoder(context, event => written.push(event))
  for (const event of events) encoder.push(event)
  return written
}

export function dataOf({ data }: WireEvent): JsonObject {
  return JSON.parse(data) as JsonObject
}

/** Hold what is encoded to the schemas. Each throws an Error that says what does not fit. */
export interface Schemas {
  message(message: JsonObject): void
  request(body: JsonObject): void
  event(event: WireEvent): void
}

/** @param shared the folder with the schemas; without it nothing is checked */
export function openSchemas(shared: string | undefined): Schemas {
  const message = openSchema(shared, 'message')
  const request = openSchema(shared, 'request')
  const event = openSchema(shared, 'event')
  return {
    request,
    message(value) {
      const content = (value['content'] as readonly JsonObject[]).filter(isOurs)
      message({ ...value, content, ...withoutPassed(value) })
    },
    event(wire) {
      const value = dataOf(wire)
      if (value['type'] !== wire.name) throw new Error(`${wire.name} holds ${wire.data}`)
      const block = value['content_block'] as JsonObject | undefined
      if (block === undefined || isOurs(block)) event(withoutPassedEvent(value))
    },
  }
}

/** Blocks that are passed on as they came are held to nothing. */
function isOurs({ type }: JsonObject): boolean {
  return type === 'text' || type === 'thinking' || type === 'redacted_thinking' || type === 'tool_use'
}

/** What an upstream said of itself is passed on as well. */
function withoutPassed(value: JsonObject): JsonObject {
  const passed = ['container', 'stop_details', 'context_management'].filter(field => field in value)
  return Object.fromEntries(passed.map(field => [field, null]))
}

function withoutPassedEvent(event: JsonObject): JsonObject {
  const { delta } = event
  const inner =
    typeof delta === 'object' ? { delta: { ...delta, ...withoutPassed(delta as JsonObject) } } : {}
  return { ...event, ...withoutPassed(event), ...inner }
}

function openSchema(shared: string | undefined, name: string): (value: JsonObject) => void {
  let validate: ValidateFunction | null = null
  return value => {
    if (shared === undefined) return
    validate ??= compile(`${shared}/specs/anthropic-${name}.schema.json`)
    if (validate(value)) return
    const errors = (validate.errors ?? []).map(error => `${error.instancePath} ${error.message}`)
    throw new Error(`${JSON.stringify(value).slice(0, 400)} is no ${name}: ${errors.slice(0, 8).join('; ')}`)
  }
}

function compile(path: string): ValidateFunction {
  return new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(path, 'utf8')) as object)
}
