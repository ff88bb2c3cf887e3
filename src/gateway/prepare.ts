// Makes the request for one target, anew for each: from the client's own bytes, with nothing changed but the model's
// name, what the upstream needs to count tokens, and what the provider lacks; or from the neutral form.

import type { AnswerReader, UpstreamRequest } from '../call.ts'
import type { FieldEdits } from '../formats/format.ts'
import { spliceTopLevel } from '../lib/json-splice.ts'
import type { Exchange } from './exchange.ts'
import { parameterEdits } from './parameters.ts'
import type { Plan, PlannedRequest } from './plan.ts'
import { translate } from './translate.ts'

/** What differs from target to target. */
export interface Prepared {
  readonly body: Buffer
  readonly headers: readonly string[]
  readonly reader: AnswerReader
}

/**
 * @param alternatives others follow this target
 * @throws GatewayError `unsupported_parameter`, `invalid_request` where this target cannot be asked so
 */
export function prepareRequest(
  exchange: Exchange,
  request: PlannedRequest,
  { target, way, alternatives }: Plan & { readonly alternatives: boolean },
): UpstreamRequest | Promise<UpstreamRequest> {
  exchange.page.warnings.length = 0
  const complete = ({ body, headers, reader }: Prepared): UpstreamRequest => ({
    id: exchange.id,
    target,
    operation: way.operation,
    format: way.format.name,
    streaming: request.facts.streaming,
    body,
    clientHeaders: headers,
    key: null,
    reader,
    cancellation: exchange.cancellation,
    deadline: exchange.deadline,
    attempts: exchange.attempts,
    alternatives,
  })
  if (way.direct || request.asked === null) return complete(passThrough(exchange, request, { target, way }))
  const prepared = translate(exchange, request.asked, { target, way })
  return prepared instanceof Promise ? prepared.then(complete) : complete(prepared)
}

function passThrough(exchange: Exchange, request: PlannedRequest, { target, way }: Plan): Prepared {
  const { facts, parameters, bytes } = request
  const { format } = way
  const side = exchange.snapshot.providerOf(target)
  const edits = {
    ...request.recalled?.editsFor(target, exchange.page.warnings),
    ...parameterEdits(side.parameters, { fields: facts.fields, body: parameters }, exchange.page.warnings),
    ...(facts.streaming && side.streamUsage === 'ask' ? format.editsForUsage(parameters) : {}),
    ...(format.modelInBody && parameters['model'] !== target.model
      ? { model: JSON.stringify(target.model) }
      : {}),
  }
  return {
    body: isEmpty(edits) ? bytes : spliceTopLevel(bytes, edits, facts.fields),
    headers: clientHeaders(exchange, format.clientHeaders),
    reader: side.reader(format, facts.wantsStreamUsage),
  }
}

function clientHeaders({ call }: Exchange, names: readonly string[]): readonly string[] {
  const passed: string[] = []
  for (const name of names) {
    const value = call.headers[name]
    if (typeof value === 'string') passed.push(name, value)
  }
  return passed
}

function isEmpty(edits: FieldEdits): boolean {
  for (const _ in edits) return false
  return true
}
