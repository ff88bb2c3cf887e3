// A conversation is compacted (POST /v1/responses/compact): where every provider of the model has the route, it answers;
// else the model is asked for a summary.

import { noUsage } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../formats/format.ts'
import { openAiResponses } from '../../formats/openai-responses/index.ts'
import { checkRequest } from '../../formats/openai-responses/request.ts'
import { readUsage, writeUsage } from '../../formats/openai-responses/usage.ts'
import { textOf } from '../../formats/openai-responses/wire.ts'
import { seal } from '../../formats/shared/sealed.ts'
import { objectsOf } from '../../lib/json-value.ts'
import { answerFromTargets, askTargets } from '../ask.ts'
import { deliverFull } from '../deliver.ts'
import type { Exchange } from '../exchange.ts'
import type { ParsedRequest } from '../request.ts'
import { findWay } from '../way.ts'
import { itemsOfInput } from './items.ts'

/** What one provider alone can do must not bind a conversation that others may go on with. */
function everyTargetHas({ snapshot, call }: Exchange, model: string): boolean {
  return snapshot.resolve(model, 'chat').every(target => {
    const way = { side: snapshot.providerOf(target), model: target.model }
    return findWay(call.endpoint, way) !== null
  })
}

const summaryInstructions =
  'You write the summary by which a long conversation between a user and an assistant is continued by somebody who has ' +
  'not seen it. Keep what was asked and what is still to be done, decisions and their reasons, facts, names, numbers, ' +
  'paths, code and results of tools that will be needed again, and how the user wants to be answered. Leave out what is ' +
  'settled and of no further use. Write the summary alone, in the language of the conversation.'

const summaryRequest = 'Summarise the conversation so far.'

export async function compact(exchange: Exchange, parsed: ParsedRequest): Promise<void> {
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
  const { method, target, headers, remoteAddress, reply, address } = call
  const endpoint = { ...call.endpoint, format: openAiResponses }
  const readBody: typeof call.readBody = bounds => call.readBody(bounds)
  return { ...exchange, call: { endpoint, address, method, target, headers, remoteAddress, reply, readBody } }
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
  return { bytes: toBytes(asked), body: asked, form: null, facts: checkRequest(asked), address }
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
  const usage = readUsage(response['usage']) ?? noUsage
  return {
    id: `resp_${name}`,
    object: 'response.compaction',
    created_at: Math.floor(startedWall / 1000),
    output: [{ id: `cmp_${name}`, type: 'compaction', encrypted_content: seal({ kind: 'summary', text }) }],
    usage: writeUsage(usage),
  }
}

function toBytes(value: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(value))
}
