// What a request changes beside being answered: such a one is asked of one target at a time, and never copied.

import type { Exchange } from './exchange.ts'
import type { PlannedRequest } from './request.ts'

export function hasEffects(
  { call }: Pick<Exchange, 'call'>,
  { parameters }: Pick<PlannedRequest, 'parameters'>,
): boolean {
  return call.endpoint.format.hasEffects?.(parameters) ?? false
}
