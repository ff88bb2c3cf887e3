// Amazon Bedrock's count of the tokens of a prompt: the prompt as Converse has it, and a number for an answer.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html

import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { bedrockConverse } from '../bedrock-converse/index.ts'
import type { Format } from '../format.ts'
import { readCount } from '../shared/token-count.ts'
import { refuseStream } from '../streams/refuse-stream.ts'

const { chat, ...converse } = bedrockConverse

export const bedrockTokenCount: Format = {
  ...converse,
  name: 'bedrock-token-count',
  checkRequest(body, address) {
    const asked = promptOf(body)
    const prompt = asked ?? { messages: [] }
    return {
      ...converse.checkRequest(prompt, { ...address, streaming: false }),
      fields: Object.keys(body),
    }
  },
  // The prompt stands one level deeper here, and what is counted has no need of proofs.
  editsForPassing: () => ({ edits: {}, warnings: [] }),
  readAnswer: body => readCount(body, 'inputTokens'),
  openTap: refuseStream,
  tokenCount: {
    decodeRequest(body, address) {
      const prompt = promptOf(body)
      if (prompt !== null) return chat.decodeRequest(prompt, address)
      const message = '`input.invokeModel` is in the format of one model: only its own provider can count it.'
      throw new GatewayError('unsupported_parameter', { message, param: 'input.invokeModel' })
    },
    encodeResponse: tokens => ({ inputTokens: tokens }),
  },
}

/** Null where the prompt is in the model's own format, in bytes. */
function promptOf({ input }: JsonObject): JsonObject | null {
  if (isObject(input) && isObject(input['converse'])) return input['converse']
  if (isObject(input) && isObject(input['invokeModel'])) return null
  const message = '`input` must hold `converse`, which is the prompt, or `invokeModel`.'
  throw new GatewayError('invalid_request', { message, param: 'input' })
}
