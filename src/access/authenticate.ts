// Reads the key of a request wherever the SDKs put it, and names its holder.

import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { VerifySignature } from './aws-signature.ts'
import type { KeyRing, Principal } from './keys.ts'

/**
 * @param remoteAddress address of the peer's socket, as Node gives it
 * @throws GatewayError `missing_api_key`, `invalid_api_key`; `param` is the header
 */
export type Authenticate = (
  headers: IncomingHttpHeaders,
  remoteAddress: string | undefined,
  line?: RequestLine,
) => Authenticated

/** What a signature is over, beside the headers; without it signatures are not read. */
export interface RequestLine {
  readonly method: string
  /** Path and query, as received. */
  readonly target: string
}

export interface Authenticated extends Principal {
  /** Of a signed request: nobody is known before its body has passed. @throws GatewayError `invalid_api_key` */
  readonly checkBody?: (body: Buffer) => void
}

export interface AuthenticatorOptions {
  readonly ring: Pick<KeyRing, 'find'>
  /** Without it, a peer on this machine needs no key. */
  readonly required: boolean
  /** Name of the configured key header, lower case. */
  readonly header: string
  readonly verifySignature?: VerifySignature
}

interface Credential {
  readonly header: string
  readonly key: string
}

const longestKey = 512
const printableAscii = /^[\x20-\x7e]+$/
const bearer = 'bearer '

const anonymous: Principal = { keyId: 'anonymous', tenant: 'default' }

/**
 * Looks at `authorization: Bearer`, the configured header, `api-key`, `x-api-key` and `x-goog-api-key`, in this
 * order; the first that holds a key counts, and the others are not tried.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const { ring, required, header, verifySignature } = options
  const keyHeaders = [...new Set([header, 'api-key', 'x-api-key', 'x-goog-api-key'])].filter(
    name => name !== 'authorization',
  )
  const missing =
    `No API key was sent: use \`authorization: Bearer KEY\` or \`${keyHeaders[0]}: KEY\`.` +
    (required ? '' : ' Only requests from its own machine are taken without one.')

  const readSigned = (headers: IncomingHttpHeaders, line: RequestLine | undefined): Authenticated | null => {
    if (line === undefined || verifySignature === undefined) return null
    const signed = verifySignature({ method: line.method, target: line.target, headers })
    return signed === null ? null : { ...signed.principal, checkBody: signed.checkBody }
  }

  return (headers, remoteAddress, line) => {
    const isLocal = !required && isLocalPeer(headers, remoteAddress)
    const signed = isLocal ? null : readSigned(headers, line)
    if (signed !== null) return signed
    const credential = readCredential(headers, keyHeaders)
    if (credential !== null && isWellFormed(credential.key)) {
      const principal = ring.find(credential.key)
      if (principal !== null) return principal
    }
    // SDKs insist on sending some key, so that an unknown one says no more than none.
    if (isLocal) return anonymous
    if (credential === null)
      throw new GatewayError('missing_api_key', { message: missing, param: 'authorization' })
    throw new GatewayError('invalid_api_key', { param: credential.header })
  }
}

function readCredential(headers: IncomingHttpHeaders, keyHeaders: readonly string[]): Credential | null {
  const { authorization } = headers
  if (authorization !== undefined && authorization.slice(0, bearer.length).toLowerCase() === bearer) {
    const key = authorization.slice(bearer.length).trim()
    if (key !== '') return { header: 'authorization', key }
  }
  for (const header of keyHeaders) {
    const key = headers[header]
    if (typeof key === 'string' && key !== '') return { header, key }
  }
  return null
}

/** Whether a key is worth hashing. */
function isWellFormed(key: string): boolean {
  return key.length <= longestKey && printableAscii.test(key)
}

/**
 * Whether a request comes from this machine, and from a program there that means it: the peer's address is local, and
 * so is the name by which it asks. A reverse proxy on this machine makes every stranger look local, and so does a web
 * page in a browser here; the headers that they add, or the foreign name in `host` or `origin`, tell.
 */
export function isLocalPeer(headers: IncomingHttpHeaders, remoteAddress: string | undefined): boolean {
  if (foreignHeaders.some(name => headers[name] !== undefined)) return false
  if (remoteAddress === undefined || !isLoopbackAddress(remoteAddress)) return false
  if (headers.host !== undefined && !namesThisMachine(headers.host)) return false
  return headers.origin === undefined || namesThisMachine(headers.origin.replace(/^https?:\/\//, ''))
}

const foreignHeaders = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'] as const

function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')
}

/** @param host with or without a port, as in a URL */
function namesThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host)
}
