// The providers behind the gateway, one for each wire format, and its configuration with each.

import type { Agent } from './agents.ts'

export interface UpstreamKind {
  /** As in the configuration. */
  readonly type: string
  readonly format: string
  /** A model of the vendor, by whose name the gateway knows what it can do. */
  readonly model: string
  /** What stands behind the address of the scripted upstream. */
  readonly path: string
}

export const upstreamKinds: readonly UpstreamKind[] = [
  { type: 'openai_compatible', format: 'openai-chat', model: 'served-model', path: '/v1' },
  // One that is offered by Responses alone, so that all clients are translated to those.
  { type: 'openai', format: 'openai-responses', model: 'gpt-5.3-codex', path: '/v1' },
  { type: 'anthropic', format: 'anthropic-messages', model: 'claude-sonnet-5-5', path: '' },
  { type: 'gemini', format: 'gemini', model: 'gemini-3.5-flash', path: '' },
  { type: 'cohere', format: 'cohere-chat', model: 'command-a-03-2025', path: '' },
  {
    type: 'bedrock',
    format: 'bedrock-converse',
    model: 'global.anthropic.claude-sonnet-4-6-v1:0',
    path: '',
  },
  { type: 'ollama', format: 'ollama-chat', model: 'qwen3', path: '' },
]

/** Every model that an agent asks for is the one of the upstream. */
export function configurationOf(kind: UpstreamKind, url: string, agents: readonly Agent[]): string {
  const provider = {
    name: 'upstream',
    type: kind.type,
    base_url: url + kind.path,
    api_key: 'key-of-the-upstream',
    models: [kind.model],
    ...(kind.type === 'bedrock' ? { region: 'eu-central-1' } : {}),
  }
  const named = agents.flatMap(({ models }) => models).filter(model => model !== kind.model)
  const aliases = Object.fromEntries(named.map(model => [model, `upstream/${kind.model}`]))
  return [`providers: ${JSON.stringify([provider])}`, `models: ${JSON.stringify({ aliases })}`].join('\n')
}
