// A gateway with a provider package of the AI SDK in front of a scripted upstream, and OpenAI's own client.

import OpenAI from 'openai'
import type { Behaviour, FakeUpstream } from './fake-upstream.ts'
import { openScene, type Sections } from './scene.ts'
import { testKey } from './test-gateway.ts'

export const model = 'some-model'

export async function openPackage(
  packageName: string,
  behaviours: readonly Behaviour[],
  more: Sections = {},
) {
  const scene = await openScene({
    upstreams: [behaviours],
    sections: upstreams => ({ providers: [providerOf(packageName, upstreams, more)] }),
  })
  const client = new OpenAI({ apiKey: testKey, baseURL: `${scene.gateway.url}/v1`, maxRetries: 0 })
  return { ...scene, client, chat: client.chat.completions }
}

export function providerOf(
  packageName: string,
  [upstream]: readonly FakeUpstream[],
  more: Sections,
): Sections {
  return {
    name: 'sdk',
    type: 'ai_sdk',
    package: packageName,
    base_url: upstream?.baseUrl,
    api_key: 'sk-of-the-vendor-1',
    models: [model],
    max_retries: 0,
    ...more,
  }
}

export const messages = [{ role: 'user' as const, content: 'Hello' }]
export const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Tells the weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

export function bodyOf({ requests }: FakeUpstream, index = 0): Record<string, unknown> {
  return JSON.parse(String(requests[index]?.body)) as Record<string, unknown>
}
