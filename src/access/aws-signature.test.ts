import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { createManualClock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { createSignatureVerifier, type ReceivedRequest } from './aws-signature.ts'

const secret = 'llmp_the-key-itself'
const principal = { keyId: 'key_0123456789ab', tenant: 'default' }
const start = Date.parse('2026-01-02T03:04:05Z')

interface Wish {
  readonly model?: string
  readonly body?: string
  readonly secret?: string
  readonly id?: string
  readonly at?: number
  /** As SDKs do that send no hash of the body. */
  readonly withoutHash?: boolean
  readonly unsigned?: readonly string[]
}

/** A request as the SDKs of AWS sign it. */
async function signed(wish: Wish = {}): Promise<ReceivedRequest & { readonly body: Buffer }> {
  const { model = 'us.amazon.nova-lite-v1:0', body = '{"messages":[]}' } = wish
  const path = `/bedrock/model/${encodeURIComponent(model)}/converse`
  const signer = new SignatureV4({
    service: 'bedrock',
    region: 'us-east-1',
    sha256: Sha256,
    credentials: { accessKeyId: wish.id ?? principal.keyId, secretAccessKey: wish.secret ?? secret },
    applyChecksum: wish.withoutHash !== true,
  })
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: 'localhost',
      path,
      headers: { host: 'localhost:8000', 'content-type': 'application/json', 'x-padded': 'a   b ' },
      body,
    },
    { signingDate: new Date(wish.at ?? start), unsignableHeaders: new Set(wish.unsigned) },
  )
  return { method: 'POST', target: path, headers, body: Buffer.from(body) }
}

function verifierAt(wall = start) {
  const ring = {
    findById: (id: string) =>
      id === principal.keyId ? { principal, secrets: [new Secret('other'), new Secret(secret)] } : null,
  }
  return createSignatureVerifier({ ring, clock: createManualClock(wall) })
}

function failureOf(action: () => unknown): string {
  try {
    action()
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    expect([thrown.code, thrown.param]).toEqual(['invalid_api_key', 'authorization'])
    return thrown.message
  }
  throw new Error('nothing was thrown')
}

test('what the reference implementation signs is accepted, with and without a hash in the headers', async () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 50 })
  await fc.assert(
    fc.asyncProperty(texts, texts, fc.boolean(), async (name, body, withoutHash) => {
      const request = await signed({ model: `m${name}`, body, withoutHash })
      const proof = verifierAt()(request)
      proof?.checkBody(request.body)
      expect(proof?.principal).toEqual(principal)
      const words = withoutHash ? 'its signature does not fit' : 'its body is not the one that was signed'
      expect(failureOf(() => verifierAt()(request)?.checkBody(Buffer.from(`${body}!`)))).toContain(words)
    }),
    { numRuns: 100 },
  )
})

test('a request that is not signed is somebody else’s affair', () => {
  for (const authorization of [undefined, 'Bearer key', 'AWS4-ECDSA-P256-SHA256 Credential=x'])
    expect(verifierAt()({ method: 'POST', target: '/', headers: { authorization } })).toBeNull()
})

describe('a signed request is refused', () => {
  test('with another secret, and with the id of nobody', async () => {
    const wrong = await signed({ secret: 'guess' })
    expect(failureOf(() => verifierAt()(wrong))).toContain('its signature does not fit')
    const late = await signed({ secret: 'guess', withoutHash: true })
    expect(failureOf(() => verifierAt()(late)?.checkBody(late.body))).toContain('its signature does not fit')
    const nobody = await signed({ id: 'AKIDEXAMPLE' })
    expect(failureOf(() => verifierAt()(nobody))).toContain('its access key is not the id of a key')
  })

  test('more than 15 minutes before or after its time', async () => {
    const request = await signed()
    for (const minutes of [-15, 15]) expect(verifierAt(start + minutes * 60_000)(request)).not.toBeNull()
    for (const minutes of [-16, 16])
      expect(failureOf(() => verifierAt(start + minutes * 60_000)(request))).toContain('within 15 minutes')
  })

  test('for another method, path, query, host or header than were signed', async () => {
    const request = await signed()
    const changes: Partial<ReceivedRequest>[] = [
      { method: 'GET' },
      { target: request.target.replace('nova-lite', 'nova-pro') },
      { target: `${request.target}?a=1` },
      { headers: { ...request.headers, host: 'elsewhere' } },
      { headers: { ...request.headers, 'content-type': 'text/plain' } },
      { headers: { ...request.headers, 'x-amz-content-sha256': 'a'.repeat(64) } },
    ]
    for (const change of changes)
      expect(failureOf(() => verifierAt()({ ...request, ...change }))).toContain('its signature does not fit')
  })

  test('without the host or the time among the signed headers, and with a body that nobody hashed', async () => {
    const request = await signed({ unsigned: ['host'] })
    expect(failureOf(() => verifierAt()(request))).toContain('`host` is not signed')
    const whole = await signed()
    const unsigned = { ...whole.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    expect(failureOf(() => verifierAt()({ ...whole, headers: unsigned }))).toContain('not the hash of a body')
  })

  test('whatever stands in its header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, time) => {
        const headers = { authorization: `AWS4-HMAC-SHA256 ${text}`, 'x-amz-date': time }
        failureOf(() => verifierAt()({ method: 'POST', target: '/', headers }))
      }),
    )
  })
})
