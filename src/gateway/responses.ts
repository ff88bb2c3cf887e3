// The routes beside POST /v1/responses that ask something of a model: a conversation is compacted, tokens are counted.
// Where every provider of the model has the route, it answers; else the answer is made here.

import type { AnswerFacts, FullReply } from '../call.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { GatewayError } from '../errors.ts'
import type { JsonObject } from '../formats/format.ts'
import { openAiResponses } from '../formats/openai-responses/index.ts'
import { checkInputFields, checkRequest } from '../formats/openai-responses/request.ts'
import { seal } from '../formats/openai-responses/sealed.ts'
import { countAnswer } from '../formats/openai-responses/side-routes.ts'
import { readUsage, writeUsage } from '../formats/openai-responses/usage.ts'
import { objectsOf, textOf } from '../formats/openai-responses/wire.ts'
import { askTargets } from './ask.ts'
import { deliverFull } from './deliver.ts'
import type { Exchange } from './exchange.ts'
import { type Answer, answerFromTargets } from './handle.ts'
import type { ParsedRequest } from './plan.ts'
import { recallHistory } from './recall.ts'
import { itemsOfInput } from './response-items.ts'
import { findWay } from './way.ts'

/** What is done with a request that came by this endpoint. */
export function answerOf({ format }: Pick<Endpoint, 'format'>): Answer {
  if (format.name === 'openai-responses-compact') return compact
  return format.name === 'openai-responses-count' ? count : answerFromTargets
}

/** What one provider alone can do must not bind a conversation that others may go on with. */
function everyTargetHas({ snapshot, call }: Exchange, model: string): boolean {
  return snapshot
    .resolve(model, 'chat')
    .every(target => findWay(call.endpoint, snapshot.providerOf(target), target.model) !== null)
}

const summaryInstructions =
  'You write the summary by which a long conversation between a user and an assistant is continued by somebody who has ' +
  'not seen it. Keep what was asked and what is still to be done, decisions and their reasons, facts, names, numbers, ' +
  'paths, code and results of tools that will be needed again, and how the user wants to be answered. Leave out what is ' +
  'settled and of no further use. Write the summary alone, in the language of the conversation.'

const summaryRequest = 'Summarise the conversation so far.'

async function compact(exchange: Exchange, parsed: ParsedRequest): Promise<void> {
  if (everyTargetHas(exchange, parsed.facts.model)) {
    await answerFromTargets(exchange, parsed)
    return
  }
  const reply = await askTargets(asResponseRequest(exchange), askForSummary(parsed))
  if (reply.kind === 'stream') throw new Error('a summary is not streamed')
  const response = JSON.parse(reply.body.toString()) as JsonObject
  deliverFull(exchange, { ...reply, body: toBytes(compactionOf(exchange, response)) })
}

/** The same exchange, as if the client had asked for a response. */
function asResponseRequest(exchange: Exchange): Exchange {
  const { call } = exchange
  const { headers, remoteAddress, reply, address } = call
  const endpoint = { ...call.endpoint, format: openAiResponses }
  const readBody: typeof call.readBody = bounds => call.readBody(bounds)
  return { ...exchange, call: { endpoint, address, headers, remoteAddress, reply, readBody } }
}

/** Nothing of it is kept, and none of the client's tools is called. */
function askForSummary({ body, address }: ParsedRequest): ParsedRequest {
  const { model, input, instructions, previous_response_id: previousId, service_tier: serviceTier } = body
  const asked = {
    model,
    instructions: summaryInstructions,
    input: [
      ...(instructions === undefined || instructions === null
        ? []
        : [{ role: 'system', content: `The assistant was told:\n\n${textOf(instructions)}` }]),
      ...itemsOfInput(input),
      { role: 'user', content: summaryRequest },
    ],
    ...(previousId !== undefined && previousId !== null && { previous_response_id: previousId }),
    ...(serviceTier !== undefined && serviceTier !== null && { service_tier: serviceTier }),
    store: false,
  }
  return { bytes: toBytes(asked), body: asked, facts: checkRequest(asked), address }
}

function compactionOf({ id, startedWall }: Exchange, response: JsonObject): JsonObject {
  const text = objectsOf(response['output'])
    .flatMap(({ content }) => objectsOf(content))
    .map(piece => (piece['type'] === 'output_text' ? textOf(piece['text']) : ''))
    .join('')
  if (text.trim() === '') {
    const message = 'The model gave no summary of the conversation.'
    throw new GatewayError('upstream_malformed', { message })
  }
  const name = id.replace(/^req_/, '')
  const usage = readUsage(response['usage']) ?? nothingUsed
  return {
    id: `resp_${name}`,
    object: 'response.compaction',
    created_at: Math.floor(startedWall / 1000),
    output: [{ id: `cmp_${name}`, type: 'compaction', encrypted_content: seal({ kind: 'summary', text }) }],
    usage: writeUsage(usage),
  }
}

const nothingUsed = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

/** Estimated from the characters, where nobody counts. */
async function count(exchange: Exchange, parsed: ParsedRequest): Promise<void> {
  if (everyTargetHas(exchange, parsed.facts.model)) {
    await answerFromTargets(exchange, parsed)
    return
  }
  const { recalled } = await recallHistory(exchange, parsed)
  const { inputCharacters } = recalled === undefined ? parsed.facts : checkInputFields(recalled.whole)
  const body = toBytes(countAnswer(exchange.gateway.estimateUsage(inputCharacters, 0).inputUncached))
  const reply: FullReply = { kind: 'full', status: 200, headers: {}, body, facts: noFacts }
  deliverFull(exchange, reply)
}

const noFacts: AnswerFacts = {
  usage: null,
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

function toBytes(value: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(value))
}
