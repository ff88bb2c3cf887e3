import { expect, test } from 'vitest'
import { parameterEdits } from './parameters.ts'

test('a value that the provider knows passes, and others are left out and told', () => {
  const rules = { service_tier: { values: ['auto', null] } } as const
  const editsOf = (value: unknown, warnings: string[]) =>
    parameterEdits(rules, { fields: ['service_tier'], body: { service_tier: value } }, warnings)
  const warnings: string[] = []
  expect(editsOf('auto', warnings)).toEqual({})
  expect(warnings).toEqual([])
  expect(editsOf('flex', warnings)).toEqual({ service_tier: null })
  expect(warnings).toEqual(['dropped parameter service_tier'])
})
