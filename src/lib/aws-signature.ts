// The arithmetic of AWS Signature Version 4, for those who sign and those who verify.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { createHmac, hash } from 'node:crypto'

export const signatureAlgorithm = 'AWS4-HMAC-SHA256'

/** What a signing key is good for. */
export interface SigningScope {
  /** `20260102` */
  readonly day: string
  readonly region: string
  readonly service: string
}

export interface CanonicalParts {
  readonly method: string
  /** Path and query, as sent. */
  readonly path: string
  /** Those that are signed: lower case, sorted by name. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Of the body; SHA-256 in hex. */
  readonly payloadHash: string
}

export function scopeText({ day, region, service }: SigningScope): string {
  return `${day}/${region}/${service}/aws4_request`
}

/** Good for one day: who signs often keeps it. */
export function deriveSigningKey(secret: string, { day, region, service }: SigningScope): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(
    (key, step) => createHmac('sha256', key).update(step).digest(),
    Buffer.from(`AWS4${secret}`),
  )
}

/** @param time `20260102T030405Z` @returns hex */
export function signParts(
  key: Buffer,
  parts: CanonicalParts,
  { time, scope }: { readonly time: string; readonly scope: SigningScope },
): string {
  const text = [signatureAlgorithm, time, scopeText(scope), hash('sha256', canonicalRequest(parts))].join(
    '\n',
  )
  return createHmac('sha256', key).update(text).digest('hex')
}

/** `20260102T030405Z` */
export function signatureTime(wall: number): string {
  return new Date(wall).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** The reverse, as milliseconds since the epoch; null where it is no such time. */
export function readSignatureTime(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? null : time
}

function canonicalRequest({ method, path, headers, payloadHash }: CanonicalParts): string {
  const query = path.indexOf('?')
  return [
    method,
    canonicalPath(query === -1 ? path : path.slice(0, query)),
    query === -1 ? '' : canonicalQuery(path.slice(query + 1)),
    ...headers.map(([name, value]) => `${name}:${canonicalValue(value)}`),
    '',
    headers.map(([name]) => name).join(';'),
    payloadHash,
  ].join('\n')
}

/**
 * Every service but S3 signs the path as it is on the wire, and encodes it once more to do so: a `:` in the id of a
 * model is sent as `%3A` and signed as `%253A`.
 */
function canonicalPath(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') segments.pop()
    else segments.push(encode(segment))
  }
  return segments.length === 0 ? '/' : `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      const [name = '', ...value] = pair.split('=')
      return [encode(decode(name)), encode(decode(value.join('=')))] as const
    })
    .sort(([left, leftValue], [right, rightValue]) => compare(left, right) || compare(leftValue, rightValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function canonicalValue(value: string): string {
  return value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986: nothing but letters, digits and `-_.~` stays. Half of a pair becomes the sign for what is no character. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
