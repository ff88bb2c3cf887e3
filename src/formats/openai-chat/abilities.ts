// What chat completions can say, by the dialect of the provider.

import type { Abilities } from '../../conversation/abilities.ts'
import type { EncodeTarget } from '../format.ts'
import { dialectOf } from './quirks.ts'

const toolName = /^[a-zA-Z0-9_-]{1,64}$/

export function abilities({ quirks }: EncodeTarget): Abilities {
  const { jsonSchema, customTools, imageUrls, fileUrls, files } = dialectOf(quirks.openAiChat)
  return {
    jsonSchema,
    customTools,
    toolName,
    takesUrl(_url, kind) {
      if (kind === 'image') return imageUrls
      return kind === 'file' && (fileUrls || files === 'document_url')
    },
  }
}
