// Every public operation, one line each.

import type { Format } from '../formats/format.ts'
import type { Endpoint } from './endpoint.ts'

interface Row extends Omit<Endpoint, 'method' | 'format' | 'forMistral'> {
  readonly format: string
  /** The format of the same endpoint for clients of Mistral. */
  readonly forMistral?: string
}

const rows: readonly Row[] = [
  {
    route: '/v1/chat/completions',
    operation: 'chat',
    format: 'openai-chat',
    forMistral: 'mistral-chat',
  },
  { route: '/v1/completions', operation: 'completion', format: 'openai-completions' },
  { route: '/v1/fim/completions', operation: 'completion', format: 'mistral-fim' },
  ...responsesAt('/v1/responses'),
  {
    route: '/v1/embeddings',
    operation: 'embedding',
    format: 'openai-embeddings',
    forMistral: 'mistral-embeddings',
  },
  { route: '/v1/moderations', operation: 'moderation', format: 'openai-moderations' },
  { route: '/v1/images/generations', operation: 'image_generation', format: 'openai-images' },
  { route: '/v1/images/edits', operation: 'image_edit', format: 'openai-image-edits' },
  { route: '/v1/images/variations', operation: 'image_edit', format: 'openai-image-variations' },
  { route: '/v1/audio/speech', operation: 'speech', format: 'openai-speech' },
  { route: '/v1/audio/transcriptions', operation: 'transcription', format: 'openai-transcriptions' },
  { route: '/v1/audio/translations', operation: 'transcription', format: 'openai-translations' },
  { route: '/openai/deployments/{model}/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/openai/deployments/{model}/completions', operation: 'completion', format: 'openai-completions' },
  { route: '/openai/deployments/{model}/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  {
    route: '/openai/deployments/{model}/images/generations',
    operation: 'image_generation',
    format: 'openai-images',
  },
  {
    route: '/openai/deployments/{model}/images/edits',
    operation: 'image_edit',
    format: 'openai-image-edits',
  },
  { route: '/openai/deployments/{model}/audio/speech', operation: 'speech', format: 'openai-speech' },
  {
    route: '/openai/deployments/{model}/audio/transcriptions',
    operation: 'transcription',
    format: 'openai-transcriptions',
  },
  {
    route: '/openai/deployments/{model}/audio/translations',
    operation: 'transcription',
    format: 'openai-translations',
  },
  { route: '/openai/v1/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/openai/v1/completions', operation: 'completion', format: 'openai-completions' },
  ...responsesAt('/openai/v1/responses'),
  // Azure, by a dated version of its API.
  ...responsesAt('/openai/responses'),
  { route: '/openai/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  { route: '/openai/v1/images/generations', operation: 'image_generation', format: 'openai-images' },
  { route: '/openai/v1/images/edits', operation: 'image_edit', format: 'openai-image-edits' },
  { route: '/openai/v1/audio/speech', operation: 'speech', format: 'openai-speech' },
  { route: '/openai/v1/audio/transcriptions', operation: 'transcription', format: 'openai-transcriptions' },
  { route: '/openai/v1/audio/translations', operation: 'transcription', format: 'openai-translations' },
  { route: '/v1/messages', operation: 'chat', format: 'anthropic-messages' },
  { route: '/v1/messages/count_tokens', operation: 'token_count', format: 'anthropic-token-count' },
  { route: '/anthropic/v1/messages', operation: 'chat', format: 'anthropic-messages' },
  {
    route: '/anthropic/v1/messages/count_tokens',
    operation: 'token_count',
    format: 'anthropic-token-count',
  },
  { route: '/api/chat', operation: 'chat', format: 'ollama-chat' },
  { route: '/api/generate', operation: 'chat', format: 'ollama-generate' },
  { route: '/api/embed', operation: 'embedding', format: 'ollama-embed' },
  { route: '/api/embeddings', operation: 'embedding', format: 'ollama-embeddings' },
  { route: '/v2/chat', operation: 'chat', format: 'cohere-chat' },
  { route: '/v2/embed', operation: 'embedding', format: 'cohere-embed' },
  { route: '/v2/rerank', operation: 'rerank', format: 'cohere-rerank' },
  { route: '/v1/rerank', operation: 'rerank', format: 'cohere-rerank-v1' },
  { route: '/rerank', operation: 'rerank', format: 'cohere-rerank-v1' },
  { route: '/cohere/v2/chat', operation: 'chat', format: 'cohere-chat' },
  { route: '/cohere/v2/embed', operation: 'embedding', format: 'cohere-embed' },
  { route: '/cohere/v2/rerank', operation: 'rerank', format: 'cohere-rerank' },
  { route: '/cohere/v1/rerank', operation: 'rerank', format: 'cohere-rerank-v1' },
]

/** Where clients of Google look for a model: the Gemini API in both its versions, and Vertex AI, also by a key alone. */
const googleModels = [
  '/v1beta/models/{model}',
  '/v1/models/{model}',
  '/v1/projects/*/locations/*/publishers/*/models/{model}',
  '/v1beta1/projects/*/locations/*/publishers/*/models/{model}',
  '/v1/publishers/*/models/{model}',
  '/v1beta1/publishers/*/models/{model}',
]

/** What can be asked of such a model: the action behind the colon decides, and never runs another operation. */
const googleActions: readonly Omit<Row, 'keyInQuery'>[] = [
  { route: 'generateContent', operation: 'chat', format: 'gemini', streaming: false },
  {
    route: 'streamGenerateContent',
    operation: 'chat',
    format: 'gemini',
    streaming: true,
    query: { name: 'alt', value: 'sse' },
  },
  { route: 'streamGenerateContent', operation: 'chat', format: 'gemini-json-array', streaming: true },
  { route: 'countTokens', operation: 'token_count', format: 'gemini-token-count' },
  { route: 'embedContent', operation: 'embedding', format: 'gemini-embedding' },
  { route: 'batchEmbedContents', operation: 'embedding', format: 'gemini-embeddings' },
  { route: 'predict', operation: 'embedding', format: 'vertex-embeddings' },
]

const googleRows = googleModels.flatMap(model =>
  googleActions.map((row): Row => ({ ...row, route: `${model}:${row.route}`, keyInQuery: true })),
)

/** What can be asked of a model of Bedrock, below the address of AWS or one of our own. */
const bedrockActions: readonly Row[] = [
  { route: 'converse', operation: 'chat', format: 'bedrock-converse', streaming: false },
  { route: 'converse-stream', operation: 'chat', format: 'bedrock-converse', streaming: true },
  { route: 'count-tokens', operation: 'token_count', format: 'bedrock-token-count' },
]

const bedrockRows = ['/model/{model}', '/bedrock/model/{model}'].flatMap(model =>
  bedrockActions.map((row): Row => ({ ...row, route: `${model}/${row.route}` })),
)

function responsesAt(route: string): readonly Row[] {
  return [
    { route, operation: 'chat', format: 'openai-responses' },
    { route: `${route}/compact`, operation: 'chat', format: 'openai-responses-compact' },
    { route: `${route}/input_tokens`, operation: 'token_count', format: 'openai-responses-count' },
  ]
}

export function listEndpoints(formats: Readonly<Record<string, Format>>): readonly Endpoint[] {
  const named = (name: string): Format => {
    const format = formats[name]
    if (format === undefined) throw new Error(`the format ${name} is not in the list of formats`)
    return format
  }
  return [...rows, ...googleRows, ...bedrockRows].map(({ format, forMistral, ...row }) => {
    const endpoint: Endpoint = { method: 'POST', ...row, format: named(format) }
    if (forMistral === undefined) return endpoint
    return { ...endpoint, forMistral: { ...endpoint, format: named(forMistral) } }
  })
}
