// The building blocks of the sections: kinds of value that several keys share, with messages that say what to write.

import { z } from 'zod'
import { nearNames } from '../../lib/near-names.ts'
import { Secret } from '../../lib/secret.ts'

const dayMs = 86_400_000
const durationPattern = /^\d+(\.\d+)?(ms|s|m|h)?$/
const durationMessage = 'must be a duration: seconds as a number, or a text like `500ms`, `30s`, `5m`, `1h`'
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
/** What can stand in a header: printable characters of Latin-1. */
const headerTextPattern = /^[ -~\u00a0-\u00ff]*$/
const headerTextMessage = 'must not hold control characters nor characters beyond Latin-1'
/** The field-name grammar of RFC 9110, section 5.1. */
const headerNamePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Headers that belong to the connection: setting them by hand would break the framing of a request. */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A module on this disk: no package, and nothing from a network. */
export const modulePath = z
  .string()
  .regex(/^(\.{1,2}[/\\]|[/\\]|[A-Za-z]:[/\\])/, 'must be the path of a file, such as ./my-provider.mjs')

/** A mapping with exactly these keys. For unknown keys the message has one line for each, in their order. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(key => `unknown key${suggestion(key, known)}`).join('\n')
        : 'must be a mapping of keys to values',
  })
}

/** `, did you mean `a` or `b`?`, or nothing where no known name is near. */
export function suggestion(wanted: string, known: Iterable<string>): string {
  const near = nearNames(wanted, known).map(name => `\`${name}\``)
  return near.length === 0 ? '' : `, did you mean ${near.join(' or ')}?`
}

/** Seconds as a number, or a text with a unit; gives milliseconds, from 1 ms to a day. */
export const duration = z
  .union([z.number(), z.string().regex(durationPattern, durationMessage)], { error: durationMessage })
  .transform(durationToMilliseconds)
  .refine(value => value >= 1 && value <= dayMs, 'must be between 1ms and 24h')

function durationToMilliseconds(value: number | string): number {
  if (typeof value === 'number') return Math.round(value * 1_000)
  const unit = /[a-z]+$/.exec(value)?.[0] ?? 's'
  return Math.round(Number.parseFloat(value) * (unitMs[unit] ?? 1_000))
}

/** A number of mebibytes; gives bytes. */
export function mebibytes(maximum: number) {
  return z
    .number()
    .positive()
    .max(maximum)
    .transform(value => Math.round(value * 1_048_576))
}

export function wholeNumber(minimum: number, maximum = 1_000_000_000) {
  return z.int().min(minimum).max(maximum)
}

/** A share or a probability. */
export const fraction = z.number().min(0).max(1)

export const text = z.string().min(1)

/** One text or a list of them; gives a list. */
export const oneOrMore = z
  .union([text, z.array(text).min(1)], { error: 'must be a text or a list of texts' })
  .transform(value => (typeof value === 'string' ? [value] : value))

export const secretMessage = `must not be empty and ${headerTextMessage}`

/** A key or password. Leading and trailing blanks are taken off: they come from files and are never meant. */
export const secret = z
  .string()
  .refine(isSecretText, secretMessage)
  .transform(value => new Secret(value.trim()))

/** Keys travel in headers. */
export function isSecretText(value: string): boolean {
  return value.trim() !== '' && headerTextPattern.test(value.trim())
}

/** A header's name; gives it in lower case. */
export const headerName = z
  .string()
  .regex(headerNamePattern, 'is not the name of a header')
  .transform(name => name.toLowerCase())
  .refine(name => !connectionHeaders.has(name), 'belongs to the connection and cannot be set')

export const headerValue = z.string().regex(headerTextPattern, headerTextMessage)

export const webAddressMessage =
  'must be an http:// or https:// address without user, password, query and fragment'

/** An http or https address without credentials, query and fragment; gives it without a trailing slash. */
export const webAddress = z
  .string()
  .refine(value => readWebAddress(value) !== null, webAddressMessage)
  .transform(value => readWebAddress(value) ?? value)

/** The address in its usual form, without a trailing slash; null where it is none. */
export function readWebAddress(value: string): string | null {
  const url = URL.parse(value)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return null
  if (url.username !== '' || url.password !== '' || /[?#]/.test(value)) return null
  return url.href.replace(/\/+$/, '')
}
