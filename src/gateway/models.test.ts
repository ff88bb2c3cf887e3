import { expect, test } from 'vitest'
import { makeFacts } from '../endpoints/models.fixture.ts'
import { createManualClock } from '../lib/clock.ts'
import { answerModels } from './models.ts'
import type { Principal, Snapshot } from './snapshot.ts'

const known = ['secret', 'open'].map(id => ({ id, created: 0, ownedBy: 'acme' }))

const snapshot = {
  authenticate: (): Principal => ({ keyId: 'key_1', tenant: 'default' }),
  mayUse: ({ keyId }: Principal, model: string) => keyId !== 'key_1' || model !== 'secret',
  listModels: () => known,
  findModel: (name: string) => known.find(({ id }) => id === name) ?? null,
  resolve: () => [],
} as unknown as Snapshot

const facts = makeFacts({ ownedBy: 'Acme', releasedOn: '2023-01-02', deprecatedOn: '2023-11-15' })

function ask(
  path: string,
  headers: Record<string, string> = {},
  { clock = createManualClock(), open = facts } = {},
) {
  return answerModels(
    { path, query: new URLSearchParams(), headers, remoteAddress: undefined },
    {
      snapshot: () => snapshot,
      models: { ready: () => Promise.resolve(), facts: () => name => (name === 'open' ? open : null) },
      clock,
    },
  )
}

test('a key sees the models that it may use, and no others', async () => {
  expect(await ask('/v1/models')).toMatchObject({ data: [{ id: 'open', owned_by: 'Acme' }] })
  expect(await ask('/v1/models/open')).toMatchObject({ id: 'open' })
  await expect(ask('/v1/models/secret')).rejects.toMatchObject({ code: 'model_not_found' })
})

test('a model is deprecated from its day on', async () => {
  const clock = createManualClock(Date.parse('2023-11-14T23:59:00Z'))
  const lifecycle = async () =>
    (await ask('/v1/models/open', { 'anthropic-version': '2023-06-01' }, { clock })) as { lifecycle: string }
  expect(await lifecycle()).toMatchObject({ lifecycle: 'active' })
  clock.advance(60_000)
  expect(await lifecycle()).toMatchObject({ lifecycle: 'deprecated' })
})

test('a model whose end is announced is deprecated, and of a month alone its last day is its last', async () => {
  const ends = { ...facts, deprecatedOn: null, retiresOn: '2028-02' }
  expect(await ask('/v1/models/open', { 'anthropic-version': '2023-06-01' }, { open: ends })).toMatchObject({
    lifecycle: 'deprecated',
    deprecated_at: null,
    retires_at: '2028-02-29T00:00:00.000Z',
  })
})

test('an unknown name that somebody may have all the same is answered with the near ones that the key may use', async () => {
  await expect(ask('/v1/models/opne')).rejects.toMatchObject({
    code: 'model_not_found',
    param: 'model',
    message:
      'Nobody lists a model `opne` here. Did you mean `open`? A request for it is sent to its provider all the same.',
  })
  await expect(ask('/v1/models/acme/opem')).rejects.toThrow('Did you mean `open`?')
  await expect(ask('/v1/models/secre')).rejects.toThrow(/`secre` here\. A request/)
})
