// Requests that clients sign with AWS Signature Version 4: a key of this gateway serves as a pair of AWS credentials,
// its id as the access key. What may be verified without the body is verified at once, the rest when the body is there.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '../errors.ts'
import {
  deriveSigningKey,
  readSignatureTime,
  type SigningScope,
  signatureAlgorithm,
  signParts,
} from '../lib/aws-signature.ts'
import type { Clock } from '../lib/clock.ts'
import type { KeyRing, Principal } from './keys.ts'

/** A request as its client signed it. */
export interface ReceivedRequest {
  readonly method: string
  /** Path and query, as received. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
}

/** Who signed, and what is still to be proven. */
export interface Signed {
  readonly principal: Principal
  /** @throws GatewayError `invalid_api_key` for another body than the one that was signed */
  checkBody(body: Buffer): void
}

/**
 * Null for a request that is not signed.
 * @throws GatewayError `invalid_api_key` whose message says what does not fit
 */
export type VerifySignature = (request: ReceivedRequest) => Signed | null

export interface SignatureVerifierOptions {
  readonly ring: Pick<KeyRing, 'findById'>
  readonly clock: Pick<Clock, 'wall'>
}

/** What the header `authorization` claims. */
interface Claim {
  readonly accessKeyId: string
  readonly scope: SigningScope
  readonly signedHeaders: readonly string[]
  readonly signature: Buffer
  readonly time: string
}

/** How far clocks may differ, and how long a request that was overheard can be sent again. */
const maxSkewMs = 15 * 60_000
const longestHeader = 4096

export function createSignatureVerifier({ ring, clock }: SignatureVerifierOptions): VerifySignature {
  return request => {
    const { authorization } = request.headers
    if (authorization?.startsWith(`${signatureAlgorithm} `) !== true) return null
    const claim = readClaim(authorization, request.headers)
    const time = readSignatureTime(claim.time)
    if (time === null || Math.abs(clock.wall() - time) > maxSkewMs)
      throw refuse('its x-amz-date is not within 15 minutes of the clock of this gateway')
    const holder = ring.findById(claim.accessKeyId)
    if (holder === null) throw refuse('its access key is not the id of a key of this gateway')
    const matches = (payloadHash: string): boolean =>
      holder.secrets.some(secret => isSignedWith(secret.reveal(), { request, claim, payloadHash }))
    const { principal } = holder
    const declared = request.headers['x-amz-content-sha256']
    if (declared === undefined)
      return {
        principal,
        checkBody(body) {
          if (!matches(hash('sha256', body))) throw wrongSignature()
        },
      }
    if (typeof declared !== 'string' || !/^[0-9a-f]{64}$/.test(declared))
      throw refuse('its x-amz-content-sha256 is not the hash of a body')
    if (!matches(declared)) throw wrongSignature()
    return {
      principal,
      checkBody(body) {
        if (hash('sha256', body) !== declared) throw refuse('its body is not the one that was signed')
      },
    }
  }
}

/** `AWS4-HMAC-SHA256 Credential=ID/20260102/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX` */
function readClaim(authorization: string, headers: IncomingHttpHeaders): Claim {
  if (authorization.length > longestHeader) throw refuse('its header `authorization` is too long')
  const fields = new Map(
    authorization
      .slice(signatureAlgorithm.length)
      .split(',')
      .map(field => {
        const [name = '', ...value] = field.trim().split('=')
        return [name, value.join('=')]
      }),
  )
  const [accessKeyId = '', day = '', region = '', service = '', end] = (fields.get('Credential') ?? '').split(
    '/',
  )
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';')
  const signature = fields.get('Signature') ?? ''
  if (end !== 'aws4_request' || !/^[0-9a-f]{64}$/.test(signature))
    throw refuse('its header `authorization` is incomplete')
  for (const name of ['host', 'x-amz-date'])
    if (!signedHeaders.includes(name)) throw refuse(`the header \`${name}\` is not signed`)
  const time = String(headers['x-amz-date'])
  if (time.slice(0, 8) !== day) throw refuse('its x-amz-date is of another day than its credential')
  const scope = { day, region, service }
  return { accessKeyId, scope, signedHeaders, signature: Buffer.from(signature, 'hex'), time }
}

interface SignedContent {
  readonly request: ReceivedRequest
  readonly claim: Claim
  readonly payloadHash: string
}

function isSignedWith(secret: string, { request, claim, payloadHash }: SignedContent): boolean {
  const { scope, time, signedHeaders, signature } = claim
  const { method, target, headers } = request
  const signed = signedHeaders.map(name => [name, headerText(headers[name])] as const)
  const expected = signParts(
    deriveSigningKey(secret, scope),
    { method, path: target, headers: signed, payloadHash },
    { time, scope },
  )
  return timingSafeEqual(Buffer.from(expected, 'hex'), signature)
}

function headerText(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}

function wrongSignature(): GatewayError {
  return refuse(
    'its signature does not fit: check the secret access key, and that no proxy changes path or headers',
  )
}

function refuse(what: string): GatewayError {
  return new GatewayError('invalid_api_key', {
    message: `The signed request is not accepted: ${what}.`,
    param: 'authorization',
  })
}
