// Anthropic's count of the tokens of a prompt: a request like that for a message, and a number for an answer.
// https://platform.claude.com/docs/en/api/messages-count-tokens

import { anthropicMessages } from '../anthropic-messages/index.ts'
import type { Format } from '../format.ts'
import { readCount } from '../shared/token-count.ts'
import { refuseStream } from '../streams/refuse-stream.ts'

const { chat, ...messages } = anthropicMessages

export const anthropicTokenCount: Format = {
  ...messages,
  name: 'anthropic-token-count',
  checkRequest: body => ({
    ...messages.checkRequest(body, { model: null, streaming: null }),
    streaming: false,
  }),
  readAnswer: body => readCount(body, 'input_tokens'),
  openTap: refuseStream,
  tokenCount: {
    decodeRequest: chat.decodeRequest,
    encodeResponse: tokens => ({ input_tokens: tokens }),
  },
}
