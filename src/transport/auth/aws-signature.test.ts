import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { createAwsSignature } from './aws-signature.ts'

const origin = 'https://bedrock-runtime.eu-central-1.amazonaws.com'
const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(encodeURIComponent)
const model = fc.oneof(
  fc.constantFrom(
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12',
    "it's (a) *model*!",
  ),
  segment,
)
const query = fc.dictionary(fc.stringMatching(/^[a-z ]{1,6}$/), fc.string({ maxLength: 8 }), { maxKeys: 3 })
const request = fc.record({
  model,
  query,
  body: fc.string({ unit: 'grapheme', maxLength: 200 }),
  wall: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  sessionToken: fc.option(fc.stringMatching(/^[\w/+=]{1,60}$/)),
  secret: fc.stringMatching(/^[\w/+]{40}$/),
})

test('a signature is that of the reference implementation, whatever the path holds', async () => {
  await fc.assert(
    fc.asyncProperty(request, async given => {
      const path = `/model/${encodeURIComponent(given.model)}/converse`
      const pairs = Object.entries(given.query).map(pair => pair.map(encodeURIComponent).join('='))
      const authorize = createAwsSignature({
        service: 'bedrock',
        region: 'eu-central-1',
        credentials: {
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: new Secret(given.secret),
          sessionToken: given.sessionToken === null ? null : new Secret(given.sessionToken),
        },
        clock: createManualClock(given.wall),
      })
      const headers = await authorize({
        method: 'POST',
        origin,
        path: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
        headers: ['content-type', 'application/json', 'accept', 'application/json'],
        body: Buffer.from(given.body),
      })
      const reference = new SignatureV4({
        service: 'bedrock',
        region: 'eu-central-1',
        sha256: Sha256,
        credentials: {
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: given.secret,
          ...(given.sessionToken !== null && { sessionToken: given.sessionToken }),
        },
      })
      const signed = await reference.sign(
        {
          method: 'POST',
          protocol: 'https:',
          hostname: new URL(origin).hostname,
          path,
          query: given.query,
          headers: { host: new URL(origin).host, 'content-type': 'application/json' },
          body: given.body,
        },
        { signingDate: new Date(given.wall) },
      )
      const ours = Object.fromEntries(
        Array.from({ length: headers.length / 2 }, (_, index) => headers.slice(index * 2, index * 2 + 2)),
      ) as Record<string, string>
      expect({ ...ours, host: signed.headers['host'], 'content-type': 'application/json' }).toEqual(
        signed.headers,
      )
    }),
    { numRuns: 300 },
  )
})

test('each day has a key of its own', async () => {
  const clock = createManualClock(Date.parse('2026-01-02T23:59:59Z'))
  const options = { service: 'bedrock', region: 'us-east-1', clock } as const
  const credentials = { accessKeyId: 'AKID', secretAccessKey: new Secret('s'), sessionToken: null }
  const authorize = createAwsSignature({ ...options, credentials })
  const asked = { method: 'POST', origin, path: '/', headers: [], body: Buffer.alloc(0) } as const
  const first = await authorize(asked)
  clock.advance(2000)
  expect((await authorize(asked)).at(-1)).toContain('AKID/20260103/us-east-1')
  expect(await authorize(asked)).toEqual(await createAwsSignature({ ...options, credentials })(asked))
  expect(first.at(-1)).toContain('AKID/20260102/us-east-1')
})
