// Refusals that can be met: the target is asked again without what it refused, and not asked with it the next time.

import { expect, test } from 'vitest'
import { answerJson, answerText, type Behaviour, type FakeUpstream } from '../support/fake-upstream.ts'
import { openScene } from '../support/scene.ts'

const refuses = (message: string, more: object = {}): Behaviour =>
  answerJson(400, { error: { message, type: 'invalid_request_error', ...more } })

function sent({ requests }: FakeUpstream): readonly Record<string, unknown>[] {
  return requests.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>)
}

test.each([
  ["Unsupported parameter: 'temperature' is not supported with this model.", { param: 'temperature' }],
  ['`temperature` is deprecated for this model.', {}],
  ['temperature: Extra inputs are not permitted', {}],
  ["Unsupported value: 'temperature' does not support 0.2 with this model.", { code: 'unsupported_value' }],
])(
  'a parameter that a model refuses is left out, told, and left out of the next request: %s',
  async (message, more) => {
    const { gateway, upstream } = await openScene({
      upstreams: [[refuses(message, more), answerText('hello')]],
    })
    const first = await gateway.chat({ temperature: 0.2, top_p: 0.5 })
    expect(first.status).toBe(200)
    expect(first.headers.get('x-llm-proxy-warnings')).toBe('dropped parameter temperature')
    expect(first.headers.get('x-llm-proxy-attempts')).toBe('2')
    await gateway.chat({ temperature: 0.2 })
    expect(sent(upstream).map(body => [body['temperature'], body['top_p']])).toEqual([
      [0.2, 0.5],
      [undefined, 0.5],
      [undefined, undefined],
    ])
  },
)

test('parameters that are refused one after the other are left out one after the other', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [
      [
        refuses("Unsupported parameter: 'temperature'", { param: 'temperature' }),
        refuses("Unsupported parameter: 'top_p'", { param: 'top_p' }),
        answerText('hello'),
      ],
    ],
  })
  const response = await gateway.chat({ temperature: 0.2, top_p: 0.5 })
  expect(response.headers.get('x-llm-proxy-warnings')).toBe(
    'dropped parameter temperature; dropped parameter top_p',
  )
  expect(upstream.requests).toHaveLength(3)
})

test.each([
  ["Unsupported parameter: 'tools' is not supported with this model.", { param: 'tools' }],
  ["Invalid value for 'temperature': must be at most 2.", { param: 'temperature' }],
  ["Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", { param: 'max_tokens' }],
])('what would change the meaning, or is only wrong, stays refused: %s', async (message, more) => {
  const { gateway, upstream } = await openScene({
    upstreams: [[refuses(message, more), answerText('hello')]],
  })
  const response = await gateway.chat({ temperature: 9, max_tokens: 5, tools: [] })
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: { message: string } }).error.message).toBe(message)
  expect(upstream.requests).toHaveLength(1)
})

test('a target that goes on refusing the same parameter is not asked for ever', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[refuses("Unsupported parameter: 'temperature'", { param: 'temperature' })]],
  })
  expect((await gateway.chat({ temperature: 0.2 })).status).toBe(400)
  expect(upstream.requests).toHaveLength(2)
})
