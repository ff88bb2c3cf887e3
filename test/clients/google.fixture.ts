// For the tests of Google's clients: a gateway with one upstream, and what an upstream of Google's format says.

import { GoogleGenAI } from '@google/genai'
import type { Behaviour } from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

export { testKey }

export const model = 'test-model'

export async function open(type: 'gemini' | 'openai_compatible', ...behaviours: Behaviour[]) {
  const scene = await openScene({
    upstreams: [behaviours],
    sections: ([upstream]) => ({
      providers: [
        {
          name: 'main',
          type,
          base_url: type === 'gemini' ? `http://127.0.0.1:${upstream?.port}` : upstream?.baseUrl,
          api_key: 'upstream-key',
          models: [model],
          max_retries: 0,
        },
      ],
    }),
  })
  const client = new GoogleGenAI({ apiKey: testKey, httpOptions: { baseUrl: scene.gateway.url } })
  return { scene, client }
}

/** With a key, which stands for its project. */
export function openVertex(models: readonly string[], ...behaviours: Behaviour[]): Promise<Scene> {
  return openScene({
    upstreams: [behaviours],
    sections: ([upstream]) => ({
      providers: [
        {
          name: 'main',
          type: 'vertex',
          base_url: `http://127.0.0.1:${upstream?.port}`,
          api_key: 'upstream-key',
          models,
          max_retries: 0,
        },
      ],
    }),
  })
}

export function asked({ upstream }: Scene, index = 0): Record<string, unknown> {
  return JSON.parse(upstream.requests[index]?.body.toString() ?? '{}') as Record<string, unknown>
}

const usageMetadata = {
  promptTokenCount: 7,
  candidatesTokenCount: 2,
  thoughtsTokenCount: 3,
  totalTokenCount: 12,
}

export function native(parts: readonly object[], more: object = {}) {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    usageMetadata,
    modelVersion: 'gemini-x',
    responseId: 'r1',
  }
}

export const stop = { finishReason: 'STOP' }
export const event = (value: unknown): string => `data: ${JSON.stringify(value)}\r\n\r\n`
