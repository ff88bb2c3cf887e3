import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import { providers } from '../index.ts'
import { makeSettings } from '../settings.fixture.ts'
import { bindListing } from './bind.ts'
import { bind } from './bound.fixture.ts'
import { answers } from './listing.fixture.ts'
import { inferenceProfiles, shownGemma } from './own-answers.fixture.ts'

test('a name that is none is left out and counted', () => {
  const listing = bind('openai')
  const ids = ['', 'x'.repeat(257), 7, null, 'a\nb', ' a', undefined, '\ud800', 'good']
  const page = listing.readPage({ data: [...ids.map(id => ({ id })), 'no object', null] }, listing.first)
  expect(page).toEqual({ models: [{ id: 'good' }], next: null, skipped: 10 })
})

test.each([null, 7, 'text', [], {}, { data: {} }, { error: { message: 'no' } }, { models: 'x' }])(
  '%j is refused as malformed by every vendor’s reader, or is an empty list',
  body => {
    for (const provider of providers) {
      const settings = makeSettings({
        baseUrl: provider.baseUrl ?? 'https://host.example',
        keys: [new Secret('k')],
      })
      const listing = bindListing(provider, settings)
      if (listing === null) continue
      try {
        expect(listing.readPage(body, listing.first).models).toEqual([])
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
        expect(thrown).toMatchObject({ code: 'upstream_malformed' })
      }
    }
  },
)

const json = fc.jsonValue({ maxDepth: 4 })
/** Values of the right shape somewhere, and of any shape elsewhere. */
const nearly = (sample: unknown): fc.Arbitrary<unknown> => {
  if (Array.isArray(sample)) return fc.oneof({ weight: 4, arbitrary: fc.tuple(...sample.map(nearly)) }, json)
  if (typeof sample !== 'object' || sample === null)
    return fc.oneof({ weight: 3, arbitrary: fc.constant(sample) }, json)
  const fields = Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, nearly(value)]))
  return fc.oneof({ weight: 6, arbitrary: fc.record(fields, { requiredKeys: [] }) }, json)
}

test.each(Object.keys(answers))('%s: whatever comes, a page of named models or one kind of failure', type => {
  const listing = bind(type)
  fc.assert(
    fc.property(
      nearly(answers[type]),
      nearly(inferenceProfiles),
      nearly(shownGemma),
      (body, second, detail) => {
        for (const [answer, request] of [
          [body, listing.first],
          [second, { method: 'GET', path: '/inference-profiles' } as const],
        ] as const)
          try {
            const page = listing.readPage(answer, request)
            for (const model of page.models) expect(model.id).toMatch(/^.{1,256}$/su)
            if (page.next !== null) expect(listing.addressOf(page.next).path).toMatch(/^\/[\x21-\x7e]*$/)
            for (const model of page.models.slice(0, 1)) listing.readDetail(detail, model)
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'upstream_malformed' })
          }
      },
    ),
    { numRuns: 200 },
  )
})
