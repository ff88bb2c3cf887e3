// Where an answer of Ollama's generate says what it says.

import type { AnswerShape } from '../ollama-shared/shape.ts'

export const formatName = 'ollama-generate'

export const shape: AnswerShape = {
  formatName,
  read({ response, thinking, image, tool_calls: toolCalls }) {
    if (response === undefined && image === undefined) return null
    return { text: response, thinking, images: image === undefined ? undefined : [image], toolCalls }
  },
  write: ({ text, thinking, toolCalls }) => ({
    response: text,
    ...(thinking === undefined ? {} : { thinking }),
    ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
  }),
}
