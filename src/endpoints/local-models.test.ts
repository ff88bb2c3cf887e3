import { expect, test } from 'vitest'
import { runAtOnce } from '../lib/slices.ts'
import { listSteps, showModel, version } from './local-models.ts'
import { chatFacts, makeFacts, makeModel } from './models.fixture.ts'

test('the list has the names twice, as clients expect, and no file behind them', () => {
  expect(runAtOnce(listSteps([makeModel('v/b', chatFacts), makeModel('c')]))).toMatchObject({
    models: [
      {
        name: 'v/b',
        model: 'v/b',
        modified_at: '2026-01-02T00:00:00.000Z',
        size: 0,
        details: { family: 'Acme', families: ['Acme'] },
      },
      { name: 'c', modified_at: '1970-01-01T00:00:00.000Z', details: { family: 'acme-eu' } },
    ],
  })
})

test('a model is shown with its size and what it is known to do', () => {
  expect(showModel(makeModel('v/b', chatFacts))).toMatchObject({
    model_info: { 'general.architecture': 'model', 'model.context_length': 200_000 },
    capabilities: ['completion', 'tools', 'vision'],
    license: 'proprietary',
  })
  const embedding = makeModel('e', makeFacts({ kind: 'embedding' }))
  expect(showModel(embedding)).toMatchObject({ model_info: {}, capabilities: ['embedding'] })
  expect(showModel(makeModel('i', makeFacts({ kind: 'image' })))).toMatchObject({ capabilities: [] })
})

test('of a model of which nothing is known, a client may try to chat and to use tools', () => {
  const shown = showModel(makeModel('x'))
  expect(shown).toMatchObject({ model_info: {}, capabilities: ['completion', 'tools'] })
  expect(shown).not.toHaveProperty('license')
  const plain = makeModel('y', makeFacts({ kind: 'chat', tools: false }))
  expect(showModel(plain)).toMatchObject({ capabilities: ['completion'] })
})

test('the version is one that clients can compare', () => {
  expect(version.version).toMatch(/^\d+\.\d+\.\d+$/)
})
