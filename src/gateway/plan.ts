// From a parsed request to the targets that may answer it, in the order in which they are tried.

import type { Target } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { findOwnFields } from '../formats/shared/own-fields.ts'
import type { Exchange } from './exchange.ts'
import { refusedParameter, unsupportedParameter } from './parameters.ts'
import type { ParsedRequest } from './request.ts'
import { findWay, foreignTo, translationOf, type Way } from './way.ts'

/** A target and how the request gets there. */
export interface Plan {
  readonly target: Target
  readonly way: Way
}

/**
 * The targets in the order in which they are tried. A target whose provider would have to ignore a parameter that
 * changes the meaning is left out.
 * @throws GatewayError `model_not_found`, `no_provider`, or `unsupported_parameter` where no target is left
 */
export function planTargets(exchange: Exchange, request: ParsedRequest): readonly Plan[] {
  const { facts } = request
  const { snapshot, call } = exchange
  const { operation } = call.endpoint
  const ways = new Map<Target, Way>()
  const known = snapshot.resolve(facts.model, operation)
  let refused: string | null = null
  const able = known.filter(target => {
    const side = snapshot.providerOf(target)
    const way = findWay(call.endpoint, { side, model: target.model })
    if (way === null) return false
    ways.set(target, way)
    const field = way.direct
      ? refusedParameter(side.parameters, { fields: facts.fields, body: request.body })
      : untranslatable(exchange, request, way)
    refused ??= field
    return field === null
  })
  if (able.length === 0) throw refuseAll(request, known, refused)
  const { model, streaming, inputCharacters } = facts
  const ordered = snapshot.order(able, { model, operation, streaming, inputCharacters })
  return originFirst(ordered, request).map(target => ({ target, way: ways.get(target) as Way }))
}

/** The first field that the way's format cannot say and that changes the meaning; null where there is none. */
function untranslatable(
  { call }: Exchange,
  { body, recalled }: ParsedRequest,
  { operation, format }: Way,
): string | null {
  const rules = translationOf(call.endpoint.format, operation)?.ownFields
  if (rules === undefined) return null
  const { refused } = findOwnFields(recalled?.whole ?? body, rules)
  return foreignTo(translationOf(format, operation), refused)[0] ?? null
}

/** Who made what the request goes on from understands it best. */
function originFirst(targets: readonly Target[], { recalled }: ParsedRequest): readonly Target[] {
  const origin = targets.find(({ id }) => id === recalled?.origin)
  return origin === undefined ? targets : [origin, ...targets.filter(target => target !== origin)]
}

function refuseAll({ facts }: ParsedRequest, known: readonly Target[], refused: string | null): GatewayError {
  const names = [...new Set(known.map(target => target.connection.provider))].join(', ')
  if (refused === null) {
    const message = `${names} cannot be asked for \`${facts.model}\` in this format.`
    return new GatewayError('invalid_request', { message, param: 'model' })
  }
  return unsupportedParameter(refused, facts.model, names)
}
