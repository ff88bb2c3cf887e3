// Requests that the gateway passes on as they come, and providers that allow them.

import type { Behaviour } from './fake-upstream.ts'
import { openScene, type Scene, type SceneOptions } from './scene.ts'
import { testKey } from './test-gateway.ts'

/** Answers with what it was asked. */
export const echo: Behaviour = ({ method, url, headers, body }, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ method, url, headers, body: body.toString() }))
}

/** One provider that takes raw requests. */
export function openRaw(
  behaviours: readonly Behaviour[],
  options: Partial<SceneOptions> = {},
): Promise<Scene> {
  return openScene({
    upstreams: [behaviours],
    ...options,
    provider: { passthrough: true, ...options.provider },
  })
}

export function ask(
  { gateway }: Scene,
  path: string,
  init: RequestInit & { duplex?: 'half' } = {},
): Promise<Response> {
  const headers = {
    authorization: `Bearer ${testKey}`,
    ...(init.headers as Record<string, string> | undefined),
  }
  return fetch(gateway.url + path, { redirect: 'manual', ...init, headers })
}
