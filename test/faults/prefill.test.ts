// A provider that takes the beginning of an answer at another address, and one that refuses it: nobody notices.

import { describe, expect, test } from 'vitest'
import { answerJson, type FakeUpstream, resetConnection } from '../support/fake-upstream.ts'
import { type Scene, shareScene } from '../support/scene.ts'
import { askAs, eventsOf, eventsUntil, lastBody, saying, streamOf } from '../support/speakers.ts'

const format = 'openai-chat'

function sections([broken, deepseek]: readonly FakeUpstream[]): Record<string, unknown> {
  const common = { api_key: 'sk-some', max_retries: 0 }
  return {
    providers: [
      { name: 'broken', type: 'openai_compatible', base_url: broken?.baseUrl, models: ['m'], ...common },
      {
        name: 'deepseek',
        type: 'deepseek',
        base_url: `http://127.0.0.1:${deepseek?.port}`,
        models: ['deepseek-chat'],
        ...common,
      },
    ],
    models: { groups: { story: ['broken/m', 'deepseek/deepseek-chat'] } },
    routing: { rules: [{ name: 'rescue', models: ['story'], rescue: 'auto' }] },
  }
}

function tell(text: string): readonly Buffer[] {
  return eventsOf(format, saying([{ type: 'text', text }]))
}

function scenery({ upstreams }: Scene): { readonly broken: FakeUpstream; readonly deepseek: FakeUpstream } {
  const [broken, deepseek] = upstreams
  if (broken === undefined || deepseek === undefined) throw new Error('there are two upstreams')
  deepseek.requests.length = 0
  broken.behave(streamOf(format, eventsUntil(tell('One, two'), 'One, two'), { ending: 'cut' }))
  return { broken, deepseek }
}

async function readStory({ gateway, settled }: Scene): Promise<string> {
  const answer = await askAs(gateway, { client: format, model: 'story' })
  const bytes = (await answer.whole).toString()
  await settled()
  return [...bytes.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join('')
}

describe('a stream that broke', () => {
  const scene = shareScene({ upstreams: [[resetConnection], [resetConnection]], sections })

  test('is gone on with below /beta at DeepSeek, whether or not it says again what it was given', async () => {
    for (const words of [', three', 'One, two, three']) {
      const { deepseek } = scenery(scene())
      deepseek.behave(streamOf(format, tell(words)))
      expect(await readStory(scene())).toBe('One, two, three')
      expect(deepseek.requests.map(({ url }) => url)).toEqual(['/beta/chat/completions'])
      const said = { role: 'assistant', content: 'One, two', prefix: true }
      expect(lastBody(deepseek)['messages']).toMatchObject([{}, said])
    }
  })

  test('is answered anew where that is refused', async () => {
    const { deepseek } = scenery(scene())
    const message = 'Assistant response prefill is incompatible with enable_thinking.'
    const refusal = answerJson(400, { error: { message, type: 'invalid_request_error' } })
    deepseek.behave(refusal, streamOf(format, tell('One, two, three')))
    expect(await readStory(scene())).toBe('One, two, three')
    expect(deepseek.requests.map(({ url }) => url)).toEqual(['/beta/chat/completions', '/chat/completions'])
    expect(JSON.stringify(lastBody(deepseek)['messages'])).not.toContain('One, two')
  })
})
