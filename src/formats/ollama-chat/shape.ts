// Where an answer of Ollama's chat says what it says.

import { isObject } from '../../lib/json-value.ts'
import type { AnswerShape } from '../ollama-shared/shape.ts'

export const formatName = 'ollama-chat'

export const shape: AnswerShape = {
  formatName,
  read({ message }) {
    if (!isObject(message)) return null
    const { content, thinking, images, tool_calls: toolCalls } = message
    return { text: content, thinking, images, toolCalls }
  },
  write: ({ text, thinking, images, toolCalls }) => ({
    message: {
      role: 'assistant',
      content: text,
      ...(thinking === undefined ? {} : { thinking }),
      ...(images === undefined ? {} : { images }),
      ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
    },
  }),
}
