import { expect, test } from 'vitest'
import { listModels, showModel, version } from './local-models.ts'

const model = { id: 'v/b', created: 1_700_000_000, ownedBy: 'y' }

test('the list has the names twice, as clients expect, and no file behind them', () => {
  expect(listModels([model])).toMatchObject({
    models: [
      {
        name: 'v/b',
        model: 'v/b',
        modified_at: '2023-11-14T22:13:20.000Z',
        size: 0,
        details: { family: 'y', families: ['y'] },
      },
    ],
  })
})

test('a model is shown with what a client may try with it', () => {
  expect(showModel(model)).toMatchObject({ model_info: {}, capabilities: expect.arrayContaining(['tools']) })
})

test('the version is one that clients can compare', () => {
  expect(version.version).toMatch(/^\d+\.\d+\.\d+$/)
})
