// A gateway whose streams are rescued: the speakers, and behind them two targets that go on from a text and one of which
// that is not known.

import { GatewayError } from '../../src/errors.ts'
import { readers } from '../conformance/readers/index.ts'
import type { Reading } from '../conformance/support/reading.ts'
import { formatOf } from '../conformance/support/seam.ts'
import { type Behaviour, type FakeUpstream, resetConnection } from './fake-upstream.ts'
import { type Scene, shareScene } from './scene.ts'
import {
  askAs,
  eventsOf,
  eventsUntil,
  modelOf,
  type Speaker,
  saying,
  speakingSections,
  streamOf,
  upstreamFormats,
} from './speakers.ts'

const policies = ['continue', 'restart', 'buffer', 'auto'] as const
/** The one by which the names of the models in the requests of a test are routed. */
export const policy: { rescue: (typeof policies)[number] } = { rescue: 'auto' }

/** Behind the speakers: two that go on from a text, and one of which that is not known. */
const others = [
  { name: 'claude', type: 'anthropic', model: 'claude-sonnet-4-5', base: '' },
  { name: 'vllm', type: 'vllm', model: 'qwen', base: '/v1' },
  { name: 'plain', type: 'openai_compatible', model: 'plain', base: '/v1' },
] as const

type Other = (typeof others)[number]['name']

const formatOfOther = { claude: 'anthropic-messages', vllm: 'openai-chat', plain: 'openai-chat' } as const

function sections(upstreams: readonly FakeUpstream[]): Record<string, unknown> {
  const speaking = speakingSections(upstreams) as {
    providers: Record<string, unknown>[]
  }
  const more = others.map(({ name, type, model, base }, index) => ({
    name,
    type,
    base_url: `http://127.0.0.1:${upstreams[upstreamFormats.length + index]?.port}${base}`,
    models: [model],
    api_key: 'sk-other',
    max_retries: 0,
    timeouts: { idle: '150ms' },
  }))
  const speakers = speaking.providers
    .filter(({ name }) => name !== 'spare')
    .map(provider => ({ ...provider, timeouts: { idle: '150ms' } }))
  const groups = policies.flatMap(rescue =>
    upstreamFormats.map(name => [
      `${rescue}-${name}`,
      [`${name}/${modelOf(name)}`, ...others.map(other => `${other.name}/${other.model}`)],
    ]),
  )
  const rules = policies.map(rescue => ({ name: rescue, models: [`${rescue}-*`], rescue }))
  return {
    providers: [...speakers, ...more],
    models: { groups: Object.fromEntries(groups) },
    routing: { rules },
  }
}

export const shareRescue = (): (() => Scene) =>
  shareScene({ upstreams: [...upstreamFormats, ...others].map(() => [resetConnection]), sections })

export function upstreamOf({ upstreams }: Scene, name: Speaker | Other): FakeUpstream {
  const at = upstreamFormats.indexOf(name as Speaker)
  const index = at === -1 ? upstreamFormats.length + others.findIndex(other => other.name === name) : at
  const upstream = upstreams[index]
  if (upstream === undefined) throw new Error(`there is no upstream of ${name}`)
  upstream.requests.length = 0
  return upstream
}

export function read(client: string, bytes: Buffer): Reading {
  const reader = readers[client]
  if (reader === undefined) throw new Error(`there is no reader of ${client}`)
  return reader.readStream(bytes)
}

export const text = (words: string) => saying([{ type: 'text', text: words }])

export function begun(upstream: string, words: string): readonly Buffer[] {
  return eventsUntil(eventsOf(upstream, text(words)), words)
}

export function whole(other: Other, words: string): Behaviour {
  return streamOf(formatOfOther[other], eventsOf(formatOfOther[other], text(words)))
}

const overloaded = new GatewayError('upstream_overloaded', { message: 'Overloaded' })

export function breaking(
  upstream: string,
  how: 'cut' | 'end' | 'stall' | 'reset' | 'error',
  words: string,
): Behaviour {
  const events = begun(upstream, words)
  if (how === 'error')
    return streamOf(upstream, [...events, formatOf(upstream).encodeStreamError(overloaded)])
  if (how !== 'reset') return streamOf(upstream, events, { ending: how })
  return async (request, response) => {
    await streamOf(upstream, events, { ending: 'stall' })(request, response)
    setTimeout(() => response.socket?.resetAndDestroy(), 20)
  }
}

export async function ask({ gateway }: Scene, client: string, first: Speaker): Promise<string | Reading> {
  const answer = await askAs(gateway, { client, model: `${policy.rescue}-${first}` })
  const bytes = await answer.whole
  return read(client, bytes)
}
