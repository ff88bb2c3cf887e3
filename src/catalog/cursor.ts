// Where a page of the search ended, as an opaque text for the client. It holds the place of the last entry and not its
// number, so that the next page goes on behind it whatever has come and gone meanwhile.

import { createHash } from 'node:crypto'
import { GatewayError } from '../errors.ts'

/** The place of an entry in an order. */
export interface Place {
  /** By what is sorted; null where it is not known, or where nothing but the rest counts. */
  readonly value: number | string | null
  readonly missing: boolean
  /** In lower case. */
  readonly name: string
  readonly key: string
}

/** Known values first, the smallest or the largest; of equal ones those that can be asked for, then by name. */
export function comparePlaces(left: Place, right: Place, descending: boolean): number {
  return (
    compareValues(left.value, right.value, descending) ||
    Number(left.missing) - Number(right.missing) ||
    compareTexts(left.name, right.name) ||
    compareTexts(left.key, right.key)
  )
}

export function compareValues(left: Place['value'], right: Place['value'], descending: boolean): number {
  if (left === right) return 0
  if (left === null) return 1
  if (right === null) return -1
  return left < right === descending ? 1 : -1
}

/** By code units, so that the order is the same on every machine. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Names a question, so that a cursor fits no other. @param parts in any order */
export function fingerprint(parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.toSorted(compareTexts)))
    .digest('base64url')
    .slice(0, 12)
}

export function writeCursor(question: string, { value, missing, name, key }: Place): string {
  return Buffer.from(JSON.stringify([question, value, missing, name, key])).toString('base64url')
}

/** @throws GatewayError `invalid_request` that names `cursor` */
export function readCursor(cursor: string, question: string): Place {
  const parts = parse(cursor)
  if (parts === null) throw refuse('`cursor` is not one of this gateway. Leave it out to begin anew.')
  const [asked, place] = parts
  if (asked !== question)
    throw refuse(
      '`cursor` belongs to other filters or another `sort`. Repeat those it came with, or leave it out.',
    )
  return place
}

function parse(cursor: string): [question: string, place: Place] | null {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
  if (!Array.isArray(parts) || parts.length !== 5) return null
  const [question, value, missing, name, key] = parts as unknown[]
  if (typeof question !== 'string' || typeof missing !== 'boolean') return null
  if (typeof name !== 'string' || typeof key !== 'string') return null
  if (value !== null && typeof value !== 'number' && typeof value !== 'string') return null
  return [question, { value, missing, name, key }]
}

function refuse(message: string): GatewayError {
  return new GatewayError('invalid_request', { message, param: 'cursor' })
}
