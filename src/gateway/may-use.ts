// Whether somebody may ask for a model: the one place at which lists, single models and requests find out.

import { GatewayError } from '../errors.ts'
import type { Principal, Snapshot } from './snapshot.ts'

/** Who asks, of what is in force. */
export interface Asker {
  readonly principal: Pick<Principal, 'keyId' | 'tenant'>
  readonly snapshot: Pick<Snapshot, 'mayUse'>
}

const longestQuotedName = 128

export function mayUse({ principal, snapshot }: Asker, model: string): boolean {
  return snapshot.mayUse(principal, model)
}

/**
 * Answers as for a name that nobody serves: who may not use a model is not told that there is one.
 * @throws GatewayError `model_not_found`
 */
export function requireUse(asker: Asker, model: string): void {
  if (mayUse(asker, model)) return
  const name = model.length > longestQuotedName ? `${model.slice(0, longestQuotedName)}…` : model
  const message = `The model \`${name}\` does not exist here. GET /v1/models lists the names.`
  throw new GatewayError('model_not_found', { message, param: 'model' })
}
