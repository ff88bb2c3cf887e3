// What chat completions can say, by the dialect of the provider.

import type { Abilities } from '../../conversation/abilities.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { EncodeTarget } from '../format.ts'
import { goesOn } from '../shared/prefill.ts'
import { dialectOf, schemaStyle } from './quirks.ts'

const toolName = /^[a-zA-Z0-9_-]{1,64}$/

export function abilities({ quirks, model }: EncodeTarget, conversation?: Conversation): Abilities {
  const dialect = dialectOf(quirks.openAiChat)
  const { customTools, imageUrls, fileUrls, files, prefill } = dialect
  return {
    jsonSchema: schemaStyle(dialect, model) !== 'tool',
    customTools,
    toolName,
    prefill:
      prefill === undefined || !goesOn(prefill, model, conversation)
        ? undefined
        : prefill.echoes === true
          ? 'echo'
          : 'plain',
    takesUrl(_url, kind) {
      if (kind === 'image') return imageUrls
      return kind === 'file' && (fileUrls || files === 'document_url')
    },
  }
}
