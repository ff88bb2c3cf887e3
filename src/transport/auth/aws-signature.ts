// Signs requests with AWS Signature Version 4.

import { hash } from 'node:crypto'
import type { Authorize, AwsCredentials } from '../../call.ts'
import {
  deriveSigningKey,
  scopeText,
  signatureAlgorithm,
  signatureTime,
  signParts,
} from '../../lib/aws-signature.ts'
import type { Clock } from '../../lib/clock.ts'

export interface AwsSignatureOptions {
  readonly service: string
  readonly region: string
  readonly credentials: AwsCredentials
  readonly clock: Pick<Clock, 'wall'>
}

/** The time, the hash of the body and the signature over both, over the path and over what the body is. */
export function createAwsSignature({ service, region, credentials, clock }: AwsSignatureOptions): Authorize {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  let key: Buffer = Buffer.alloc(0)
  let keyDay = ''
  return ({ method, origin, path, headers, body }) => {
    const time = signatureTime(clock.wall())
    const scope = { day: time.slice(0, 8), region, service }
    if (scope.day !== keyDay) {
      key = deriveSigningKey(secretAccessKey.reveal(), scope)
      keyDay = scope.day
    }
    const payloadHash = hash('sha256', body)
    const added: (readonly [string, string])[] = [
      ['x-amz-content-sha256', payloadHash],
      ['x-amz-date', time],
      ...(sessionToken === null ? [] : [['x-amz-security-token', sessionToken.reveal()] as const]),
    ]
    const contentType = headers.indexOf('content-type')
    const signed = [
      ...(contentType === -1 ? [] : [['content-type', headers[contentType + 1] ?? ''] as const]),
      ['host', new URL(origin).host] as const,
      ...added,
    ]
    const signature = signParts(key, { method, path, headers: signed, payloadHash }, { time, scope })
    const names = signed.map(([name]) => name).join(';')
    const credential = `${accessKeyId}/${scopeText(scope)}`
    return [
      ...added.flat(),
      'authorization',
      `${signatureAlgorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
    ]
  }
}
