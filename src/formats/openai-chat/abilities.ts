// What chat completions can say, by the dialect of the provider.

import type { Abilities } from '../../conversation/abilities.ts'
import type { EncodeTarget } from '../format.ts'
import { dialectOf, schemaStyle } from './quirks.ts'

const toolName = /^[a-zA-Z0-9_-]{1,64}$/

export function abilities({ quirks, model }: EncodeTarget): Abilities {
  const dialect = dialectOf(quirks.openAiChat)
  const { customTools, imageUrls, fileUrls, files, prefill } = dialect
  return {
    jsonSchema: schemaStyle(dialect, model) !== 'tool',
    customTools,
    toolName,
    // https://docs.mistral.ai/capabilities/completion/prefix
    prefill: prefill === 'prefix' ? 'echo' : prefill && 'plain',
    takesUrl(_url, kind) {
      if (kind === 'image') return imageUrls
      return kind === 'file' && (fileUrls || files === 'document_url')
    },
  }
}
