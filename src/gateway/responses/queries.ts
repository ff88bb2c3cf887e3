// What is asked of a response that was made: it is fetched, deleted, cancelled, its input listed. One that its provider
// still makes in the background is asked for there.

import type { IncomingHttpHeaders } from 'node:http'
import type { AnswerReader, Target, UpstreamRequest } from '../../call.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../formats/format.ts'
import { kindOf } from '../../formats/openai-responses/wire.ts'
import { createCancellation } from '../../lib/cancellation.ts'
import { isText, objectsOf } from '../../lib/json-value.ts'
import type { Gateway } from '../exchange.ts'
import type { Snapshot } from '../snapshot.ts'
import { itemsOfInput } from './items.ts'
import type { ResponseRecord } from './memory.ts'
import { isPending } from './remember.ts'

export interface ResponseQuestion {
  readonly kind: 'get' | 'delete' | 'cancel' | 'input_items'
  readonly id: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly remoteAddress: string | undefined
}

interface Question extends ResponseQuestion {
  readonly record: ResponseRecord
  readonly gateway: Gateway
  readonly snapshot: Snapshot
}

/** @throws GatewayError 401, 404, 400, and what the provider answers */
export async function answerResponseQuestion(asked: ResponseQuestion, gateway: Gateway): Promise<JsonObject> {
  const snapshot = gateway.snapshot()
  const { tenant } = snapshot.authenticate(asked.headers, asked.remoteAddress)
  const record = await gateway.responses.find({ tenant, id: asked.id })
  if (record === null) throw notFound(asked.id)
  const question = { ...asked, record, gateway, snapshot }
  switch (asked.kind) {
    case 'get':
      return getResponse(question)
    case 'delete':
      return deleteResponse(question)
    case 'cancel':
      return cancelResponse(question)
    case 'input_items':
      return listInput(question)
  }
}

function notFound(id: string): GatewayError {
  const message = `The response \`${id}\` was not found.`
  return new GatewayError('not_found', { message, param: 'response_id' })
}

async function getResponse(question: Question): Promise<JsonObject> {
  if (question.query.get('stream') === 'true') {
    const message = 'A response that was made is not streamed again.'
    throw new GatewayError('unsupported_parameter', { message, param: 'stream' })
  }
  const response = responseOf(question.record)
  if (!isPending(response) || !question.record.kept) return response
  return renew(question, await askKeeper(question, { method: 'GET' }))
}

async function cancelResponse(question: Question): Promise<JsonObject> {
  const response = responseOf(question.record)
  if (isPending(response) && question.record.kept)
    return renew(question, await askKeeper(question, { method: 'POST', below: '/cancel' }))
  if (response['status'] === 'cancelled') return response
  const message = 'Only a response that is being made in the background can be cancelled.'
  throw new GatewayError('invalid_request', { message, param: 'response_id' })
}

/** First where its maker keeps it: one that is only forgotten here is not deleted. */
async function deleteResponse(question: Question): Promise<JsonObject> {
  const { gateway, record, id } = question
  if (record.kept) await deleteAtKeeper(question)
  await gateway.responses.remove(record)
  return { id, object: 'response', deleted: true }
}

async function deleteAtKeeper(question: Question): Promise<void> {
  try {
    await askKeeper(question, { method: 'DELETE' })
  } catch (thrown) {
    const { code } = asGatewayError(thrown)
    if (code !== 'not_found') throw thrown
  }
}

function responseOf({ response }: ResponseRecord): JsonObject {
  return JSON.parse(response) as JsonObject
}

function renew({ gateway, record }: Question, response: JsonObject): JsonObject {
  const itemIds = objectsOf(response['output'])
    .map(item => item['id'])
    .filter(isText)
  gateway.responses.keep({ record: { ...record, response: JSON.stringify(response) }, itemIds })
  return response
}

// The maker of a response.

interface Errand {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly below?: string
}

async function askKeeper(question: Question, { method, below = '' }: Errand): Promise<JsonObject> {
  const { gateway, snapshot, record, id } = question
  const target = keeperOf(question)
  const format = snapshot
    .providerOf(target)
    .formatsFor('chat', target.model)
    .find(({ name }) => name === 'openai-responses')
  if (format === undefined) throw notFound(id)
  const request: UpstreamRequest = {
    id: gateway.createId(),
    target,
    operation: 'chat',
    format: format.name,
    streaming: false,
    method,
    resource: `/${encodeURIComponent(record.id)}${below}`,
    body: Buffer.alloc(0),
    clientHeaders: [],
    key: null,
    reader: readJson(snapshot.providerOf(target).reader(format, true)),
    cancellation: createCancellation(),
    deadline: gateway.clock.now() + snapshot.totalMs,
    alternatives: false,
    attempts: [],
  }
  try {
    const reply = await gateway.send(request)
    return reply.kind === 'full' ? (JSON.parse(reply.body.toString()) as JsonObject) : {}
  } catch (thrown) {
    const failure = asGatewayError(thrown)
    throw failure.upstreamStatus === 404 ? notFound(id) : failure
  }
}

function keeperOf({ snapshot, record, id }: Question): Target {
  const { boundTo } = record
  const target = snapshot.resolve(boundTo ?? '', 'chat').find(each => each.id === boundTo)
  if (target === undefined) throw notFound(id)
  return target
}

/** A response that failed is what was asked for, and no failure of the asking. */
function readJson(reader: AnswerReader): AnswerReader {
  const facts = { usage: null, model: null, finishReason: null, serviceTier: null, outputCharacters: 0 }
  return { ...reader, readFull: () => ({ facts }) }
}

// The input.

const defaultPage = 20
const longestPage = 100

/** https://platform.openai.com/docs/api-reference/responses/input-items */
function listInput({ record, query }: Question): JsonObject {
  const items = itemsOfInput(JSON.parse(record.input)).map((item, index) => nameItem(item, record.id, index))
  const ordered = query.get('order') === 'asc' ? items : items.toReversed()
  const after = query.get('after')
  const start = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1
  const limit = Math.min(longestPage, Math.max(1, Number(query.get('limit') ?? defaultPage) || defaultPage))
  const data = ordered.slice(start, start + limit)
  return {
    object: 'list',
    data,
    has_more: start + data.length < ordered.length,
    first_id: data[0]?.['id'] ?? '',
    last_id: data.at(-1)?.['id'] ?? '',
  }
}

/** Items that came without an id get one by their place. */
function nameItem(item: JsonObject, responseId: string, index: number): JsonObject {
  const id = isText(item['id']) ? item['id'] : `in_${responseId.replace(/^resp_/, '')}${index}`
  if (kindOf(item) !== 'message') return { ...item, id }
  const { content } = item
  const kind = item['role'] === 'assistant' ? 'output_text' : 'input_text'
  const pieces = typeof content === 'string' ? [{ type: kind, text: content }] : content
  return { ...item, type: 'message', id, status: 'completed', content: pieces }
}
