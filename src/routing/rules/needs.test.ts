import { describe, expect, test } from 'vitest'
import { findNeeds } from './needs.ts'

describe('what a request needs', () => {
  test.each([
    ['tools', { tools: [{ type: 'function' }] }],
    ['tools', { functions: [{ name: 'f' }] }],
    ['tools', { toolConfig: { tools: [{}] } }],
    ['vision', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] }],
    ['vision', { messages: [{ role: 'user', content: [{ image: { format: 'png' } }] }] }],
    ['vision', { messages: [{ role: 'user', content: 'x', images: ['aGk='] }] }],
    ['vision', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }],
    ['vision', { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] }],
    [
      'vision',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', content: [{ type: 'image' }] }] }] },
    ],
    ['json', { response_format: { type: 'json_schema' } }],
    ['json', { format: 'json' }],
    ['json', { text: { format: { type: 'json_object' } } }],
    ['json', { generationConfig: { responseMimeType: 'application/json' } }],
    ['reasoning', { reasoning_effort: 'high' }],
    ['reasoning', { thinking: { type: 'enabled', budget_tokens: 1024 } }],
    ['reasoning', { reasoning: { effort: 'low' } }],
    ['reasoning', { think: true }],
  ])('%s: %o', (need, body) => {
    const nothing = { tools: false, vision: false, json: false, reasoning: false }
    expect(findNeeds(body)).toEqual({ ...nothing, [need]: true })
  })

  test.each([
    {},
    {
      tools: [],
      response_format: { type: 'text' },
      reasoning_effort: 'none',
      thinking: { type: 'disabled' },
    },
    { messages: [{ role: 'user', content: 'an image' }, null, 3] },
  ])('is nothing but text: %o', body => {
    expect(Object.values(findNeeds(body))).toEqual([false, false, false, false])
  })
})
