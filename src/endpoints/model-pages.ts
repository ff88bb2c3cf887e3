// Pages of the lists of models, as the SDKs turn them. Without a size all models come at once, up to the most that a
// page may have: clients that do not turn pages see them all.

import { GatewayError } from '../errors.ts'
import type { DescribedModel } from './model-shapes.ts'

const largestPage = 1000

/** Behind or before a model: `limit`, `after_id`, `before_id`. @throws GatewayError 400 */
export function cutByIds(
  models: readonly DescribedModel[],
  query: URLSearchParams,
): { readonly page: readonly DescribedModel[]; readonly more: boolean } {
  const limit = readSize(query, 'limit') ?? largestPage
  if (limit > largestPage) throw refuse('limit', `\`limit\` must be at most ${largestPage}.`)
  const [after, before] = [query.get('after_id'), query.get('before_id')]
  if (after !== null && before !== null)
    throw refuse('before_id', '`before_id` and `after_id` do not go together.')
  if (before !== null) {
    const end = placeOf(models, 'before_id', before)
    const start = Math.max(0, end - limit)
    return { page: models.slice(start, end), more: start > 0 }
  }
  const start = after === null ? 0 : placeOf(models, 'after_id', after) + 1
  return { page: models.slice(start, start + limit), more: start + limit < models.length }
}

export interface PageParameters {
  readonly size: string
  readonly token: string
}

/** With a token for the next page; null after the last. @throws GatewayError 400 */
export function cutByToken(
  models: readonly DescribedModel[],
  query: URLSearchParams,
  { size, token }: PageParameters,
): { readonly page: readonly DescribedModel[]; readonly next: string | null } {
  const limit = Math.min(readSize(query, size) ?? largestPage, largestPage)
  const written = query.get(token)
  const start = written === null || written === '' ? 0 : placeOf(models, token, readToken(written)) + 1
  const page = models.slice(start, start + limit)
  const last = page.at(-1)
  const more = last !== undefined && start + limit < models.length
  return { page, next: more ? Buffer.from(last.id).toString('base64url') : null }
}

function readToken(token: string): string {
  return Buffer.from(token, 'base64url').toString()
}

function placeOf(models: readonly DescribedModel[], parameter: string, id: string): number {
  const place = models.findIndex(model => model.id === id)
  if (place === -1) throw refuse(parameter, `\`${parameter}\` names no model of the list.`)
  return place
}

/** Null where none is asked for: some clients send 0 for that. */
function readSize(query: URLSearchParams, name: string): number | null {
  const written = query.get(name)
  if (written === null || written === '' || written === '0') return null
  if (!/^\d{1,9}$/.test(written)) throw refuse(name, `\`${name}\` must be a whole number.`)
  return Number(written)
}

function refuse(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', { message, param })
}
