// Every public operation, one line each.

import type { Operation } from '../call.ts'
import type { Format } from '../formats/format.ts'
import type { Endpoint } from './endpoint.ts'

interface Row {
  readonly route: string
  readonly operation: Operation
  readonly format: string
  readonly streaming?: boolean
}

const rows: readonly Row[] = [
  { route: '/v1/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/v1/completions', operation: 'completion', format: 'openai-completions' },
  { route: '/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
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
  { route: '/openai/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
  { route: '/openai/v1/images/generations', operation: 'image_generation', format: 'openai-images' },
  { route: '/openai/v1/images/edits', operation: 'image_edit', format: 'openai-image-edits' },
  { route: '/openai/v1/audio/speech', operation: 'speech', format: 'openai-speech' },
  { route: '/openai/v1/audio/transcriptions', operation: 'transcription', format: 'openai-transcriptions' },
  { route: '/openai/v1/audio/translations', operation: 'transcription', format: 'openai-translations' },
]

export function listEndpoints(formats: Readonly<Record<string, Format>>): readonly Endpoint[] {
  return rows.map(({ format: name, ...row }) => {
    const format = formats[name]
    if (format === undefined) throw new Error(`the format ${name} is not in the list of formats`)
    return { method: 'POST', ...row, format }
  })
}
