// Reads a request that came as a form, and changes its fields in its bytes.

import { isUtf8 } from 'node:buffer'
import { GatewayError } from '../errors.ts'
import { FormError, type FormPlaces, findParts, readBoundary, spliceForm } from '../lib/form-data.ts'
import type { FieldEdits, JsonObject } from './format.ts'

/** A form in place of a JSON object. */
export interface Form {
  /** With its boundary, as it came. */
  readonly contentType: string
  /** Fields by name: the text of each, a list where a name stands there more than once, an object for a file. */
  readonly fields: JsonObject
  /** A copy of the bytes with the edits made; a JSON string becomes its plain text. */
  edit(edits: FieldEdits): Buffer
}

/**
 * Null where the content type says that the body is JSON.
 * @throws GatewayError `invalid_request`, `unsupported_media_type`
 */
export function readForm(body: Buffer, contentType: string | undefined): Form | null {
  if (contentType === undefined || /^[\w.+/-]*\bjson\b/i.test(contentType)) return null
  const places = locate(body, contentType)
  return {
    contentType,
    fields: readFields(body, places),
    edit: edits => spliceForm(body, places, Object.fromEntries(Object.entries(edits).map(toText))),
  }
}

function locate(body: Buffer, contentType: string): FormPlaces {
  if (!/^multipart\/form-data\b/i.test(contentType))
    throw new GatewayError('unsupported_media_type', {
      message: 'The body must be a form (multipart/form-data) or JSON.',
      param: 'content-type',
    })
  const boundary = readBoundary(contentType)
  if (boundary === null) throw refusal('has no valid boundary in its content-type', 'content-type')
  try {
    return findParts(body, boundary)
  } catch (thrown) {
    if (!(thrown instanceof FormError)) throw thrown
    throw refusal(thrown.message, 'body')
  }
}

function readFields(body: Buffer, { parts }: FormPlaces): JsonObject {
  const fields = Object.create(null) as Record<string, unknown>
  for (const { name, fileName, valueStart, valueEnd } of parts) {
    const value =
      fileName === null
        ? readText(body.subarray(valueStart, valueEnd), name)
        : { bytes: valueEnd - valueStart }
    const known = fields[name]
    if (known === undefined) fields[name] = value
    else if (Array.isArray(known)) known.push(value)
    else fields[name] = [known, value]
  }
  return fields
}

function readText(bytes: Buffer, name: string): string {
  if (!isUtf8(bytes)) throw refusal(`has the field \`${name}\`, which is not valid UTF-8`, name)
  return bytes.toString()
}

function toText([name, json]: [string, string | null]): [string, string | null] {
  if (json === null) return [name, null]
  const value: unknown = JSON.parse(json)
  return [name, typeof value === 'string' ? value : json]
}

function refusal(what: string, param: string): GatewayError {
  return new GatewayError('invalid_request', { message: `The form ${what}.`, param })
}
