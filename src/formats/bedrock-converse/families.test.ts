import { expect, test } from 'vitest'
import { bareModelId, familyOf } from './families.ts'

test.each([
  ['us.anthropic.claude-sonnet-4-6', 'anthropic.claude-sonnet-4-6'],
  ['us-gov.anthropic.claude-3-haiku-20240307-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0'],
  ['apac.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
  ['global.amazon.nova-2-lite-v1:0', 'amazon.nova-2-lite-v1:0'],
  ['arn:aws:bedrock:us-east-1::foundation-model/qwen.qwen3-32b-v1:0', 'qwen.qwen3-32b-v1:0'],
  ['arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
  ['arn:aws:bedrock:eu-west-1:1:application-inference-profile/ab12', 'ab12'],
])('%s is %s', (model, bare) => {
  expect(bareModelId(model)).toBe(bare)
})

test.each([
  ['anthropic.claude-v2:1', { reasoning: null, jsonSchema: false, cachePlaces: [] }],
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', { reasoning: null, cachePlaces: [], sampling: 'both' }],
  [
    'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
    { reasoning: 'budget', jsonSchema: false, cacheTtl: false },
  ],
  ['us.anthropic.claude-opus-4-20250514-v1:0', { reasoning: 'budget', sampling: 'both' }],
  ['us.anthropic.claude-opus-4-1-20250805-v1:0', { reasoning: 'budget', sampling: 'one' }],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', { reasoning: 'budget', jsonSchema: true, cacheTtl: true }],
  ['us.anthropic.claude-sonnet-4-6', { reasoning: 'adaptive', sampling: 'one' }],
  [
    'global.anthropic.claude-opus-4-8-v1:0',
    { reasoning: 'adaptive', sampling: 'none', thinksByDefault: false },
  ],
  ['anthropic.claude-haiku-5-5', { thinksByDefault: true, withoutThinking: 'disabled', forcedTools: true }],
  ['global.anthropic.claude-fable-5-2', { withoutThinking: null, forcedTools: false }],
  ['amazon.nova-micro-v1:0', { reasoning: null, cachePlaces: ['system', 'messages'] }],
  ['mistral.mixtral-8x7b-instruct-v0:1', { system: false }],
  ['mistral.mistral-7b-instruct-v0:2', { system: false }],
  ['amazon.titan-text-express-v1', { system: false }],
  [
    'arn:aws:bedrock:eu-west-1:1:application-inference-profile/ab12',
    { system: true, cachePlaces: [], reasoning: null },
  ],
])('%s can %o', (model, abilities) => {
  expect(familyOf(model)).toMatchObject(abilities)
})
