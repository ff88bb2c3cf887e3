// Makes the request for one target, anew for each: from the client's own bytes, with nothing changed but the model's
// name, what the upstream needs to count tokens, and what the provider lacks; or from the neutral form.

import type { UpstreamRequest } from '../call.ts'
import type { FieldEdits, Format } from '../formats/format.ts'
import { spliceTopLevel } from '../lib/json-splice.ts'
import type { Attempt, Joining, RemediedPlan } from './course.ts'
import type { Exchange } from './exchange.ts'
import { parameterEdits } from './parameters.ts'
import type { Plan } from './plan.ts'
import { noRemedy, remedyEdits } from './remedy.ts'
import { type Asked, type PlannedRequest, readAsked } from './request.ts'
import type { ProviderSide } from './snapshot.ts'
import { type Prepared, translate } from './translate.ts'
import { destinationOf } from './way.ts'

/** @throws GatewayError `unsupported_parameter`, `invalid_request` where this target cannot be asked so */
export function prepareRequest(
  exchange: Exchange,
  request: PlannedRequest,
  { target, way, alternatives, remedy, patienceMs, joining }: RemediedPlan & Attempt,
): UpstreamRequest | Promise<UpstreamRequest> {
  exchange.page.warnings.length = 0
  const complete = ({ body, headers, continues, reader }: Prepared): UpstreamRequest => ({
    id: exchange.id,
    target,
    operation: way.operation,
    format: way.format.name,
    streaming: request.facts.streaming,
    body,
    continues,
    contentType: request.form?.contentType,
    anyAnswer: way.format.anyAnswer,
    clientHeaders: headers,
    key: null,
    reader,
    cancellation: exchange.cancellation,
    deadline: exchange.deadline,
    attempts: exchange.attempts,
    alternatives,
    traits: request.traits,
    patienceMs,
    underway: { call: null },
  })
  // Thoughts can be taken out of the neutral form alone.
  if (way.direct && joining === undefined && !(remedy.withoutReasoning && way.format.chat !== undefined))
    return complete(passThrough(exchange, request, { target, way, remedy }))
  const said = request.asked.first ?? readAsked(exchange, request, way)
  // Another attempt reads it anew from the bytes: a prompt that waits for the upstream would grow old.
  request.asked.first = null
  const asked = joining === undefined ? said : extend(said, joining)
  const prepared = translate(exchange, asked, { target, way, remedy, ...(joining && { joining }) })
  const finish = (made: Prepared) =>
    complete(way.direct ? withClientHeaders(exchange, made, { target, way }) : made)
  return prepared instanceof Promise ? prepared.then(finish) : finish(prepared)
}

function extend(asked: Asked, joining: Joining): Asked {
  return asked.kind === 'chat' ? { ...asked, conversation: joining.extend(asked.conversation) } : asked
}

function passThrough(
  exchange: Exchange,
  request: PlannedRequest,
  { target, way, remedy }: RemediedPlan,
): Prepared {
  const { facts, parameters } = request
  const { format } = way
  const side = exchange.snapshot.providerOf(target)
  const { warnings } = exchange.page
  warnings.push(...request.passing.warnings)
  const edits = {
    ...request.passing.edits,
    ...request.recalled?.editsFor(target, warnings),
    ...(remedy === noRemedy ? {} : remedyEdits(remedy, parameters, warnings)),
    ...parameterEdits(side.parameters, { fields: facts.fields, body: parameters }, warnings),
    ...(facts.streaming && side.streamUsage === 'ask' ? format.editsForUsage(parameters) : {}),
    ...format.editsForModel?.(parameters, target.model),
    ...(format.modelInBody && parameters['model'] !== target.model
      ? { model: JSON.stringify(target.model) }
      : {}),
    ...side.editsFor?.(destinationOf(way, { model: target.model, streaming: facts.streaming })),
  }
  return {
    body: isEmpty(edits) ? request.bytes : editBody(request, edits),
    headers: clientHeaders(exchange, format, side),
    reader: side.reader(format, facts.wantsStreamUsage),
  }
}

function editBody({ bytes, form, facts }: PlannedRequest, edits: FieldEdits): Buffer {
  return form === null ? spliceTopLevel(bytes, edits, facts.fields) : form.edit(edits)
}

function clientHeaders({ call }: Exchange, format: Format, { quirks }: ProviderSide): readonly string[] {
  const passed: string[] = []
  for (const name of format.clientHeaders) {
    const sent = call.headers[name]
    if (typeof sent !== 'string') continue
    const value = format.passHeader === undefined ? sent : format.passHeader(name, sent, quirks)
    if (value !== null) passed.push(name, value)
  }
  return passed
}

/** The client's headers go with its own format, also where the body had to be made anew. */
function withClientHeaders(exchange: Exchange, made: Prepared, { target, way }: Plan): Prepared {
  const own = clientHeaders(exchange, way.format, exchange.snapshot.providerOf(target))
  return own.length === 0 ? made : { ...made, headers: own }
}

function isEmpty(edits: FieldEdits): boolean {
  for (const _ in edits) return false
  return true
}
