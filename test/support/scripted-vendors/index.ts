// Vendors of three wire formats behind one upstream, for clients of any format: each understands what it is asked in its
// own words, refuses what its documentation does not allow, and answers by turn.ts.

import { answerJson, type Behaviour, type SeenRequest, streamEvents } from '../fake-upstream.ts'
import { anthropicWire } from './anthropic.ts'
import { chatWire } from './chat.ts'
import { geminiWire } from './gemini.ts'
import { answerTo, bodyOf, inputTokens, listIn, Refusal, type Wire } from './turn.ts'

/** The model of each vendor. */
export const vendorModels = {
  chat: 'open-model',
  anthropic: 'claude-sonnet-5',
  gemini: 'gemini-3.5-flash',
} as const

const limitedKey = 'sk-limited'

/** The same vendor with a key that it limits: such a key rests, and would take the other tests along. */
export function limited(model: string): string {
  return `limited-${model}`
}

export function vendorProviders(port: number): readonly object[] {
  const origin = `http://127.0.0.1:${port}`
  const { chat, anthropic, gemini } = vendorModels
  const vendors = [
    { name: 'chat', type: 'openai_compatible', base_url: `${origin}/v1`, models: [chat] },
    { name: 'anthropic', type: 'anthropic', base_url: origin, models: [anthropic] },
    { name: 'gemini', type: 'gemini', base_url: origin, models: [gemini, 'gemini-embedding-001'] },
  ]
  return vendors.flatMap(({ name, models, ...vendor }) => [
    { ...vendor, name, models, api_key: 'sk-vendor', max_retries: 0 },
    { ...vendor, name: limited(name), models: models.map(limited), api_key: limitedKey, max_retries: 0 },
  ])
}

/** What the upstream does, with every request. */
export const speakForVendors: Behaviour = (request, response) => {
  const [path = ''] = request.url.split('?')
  const other = otherAnswers.find(([ending]) => path.endsWith(ending))
  if (other !== undefined) return answerJson(200, other[1](request))(request, response)
  const wire = wireAt(path)
  if (Object.values(request.headers).some(value => String(value).endsWith(limitedKey)))
    return answerJson(429, wire.failure(429, 'Slow down.'))(request, response)
  return speak(wire, request)(request, response)
}

function wireAt(path: string): Wire {
  if (path === '/v1/chat/completions') return chatWire
  if (path === '/v1/messages') return anthropicWire
  if (path.startsWith('/v1beta/models/')) return geminiWire
  throw new Error(`no vendor is at ${path}`)
}

function speak(wire: Wire, request: SeenRequest): Behaviour {
  try {
    const asked = wire.read(request)
    const turn = answerTo(asked)
    if ('failure' in turn) return answerJson(turn.failure, wire.failure(turn.failure, 'words of the vendor'))
    return asked.streaming ? streamEvents(wire.stream(turn)) : answerJson(200, wire.whole(turn))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return answerJson(400, wire.failure(400, error.message))
  }
}

const vector = [0.5, -1]

/** What is asked beside chat, by the end of the path. */
const otherAnswers: ReadonlyArray<readonly [string, (request: SeenRequest) => unknown]> = [
  ['/v1/messages/count_tokens', () => ({ input_tokens: inputTokens })],
  [':countTokens', () => ({ totalTokens: inputTokens })],
  [
    ':batchEmbedContents',
    request => ({ embeddings: listIn(bodyOf(request), 'requests').map(() => ({ values: vector })) }),
  ],
  [':embedContent', () => ({ embedding: { values: vector } })],
  [
    '/v1/embeddings',
    request => {
      const { input } = bodyOf(request)
      const inputs = Array.isArray(input) ? input : [input]
      return {
        object: 'list',
        model: vendorModels.chat,
        data: inputs.map((_text, index) => ({ object: 'embedding', index, embedding: vector })),
        usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
      }
    },
  ],
]
