// OpenAI's older completions, which code completion and local servers still use.

import type { Format } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { encodeError, encodeStreamError, keepAliveComment } from '../openai-shared/error-body.ts'
import { decodeError } from '../openai-shared/errors.ts'
import { editsForUsage } from '../openai-shared/stream-usage.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'
import { openTap } from './stream.ts'

export const openAiCompletions: Format = {
  name: 'openai-completions',
  modelInBody: true,
  framing: eventStream,
  clientHeaders: ['openai-beta', 'idempotency-key'],
  checkRequest,
  editsForUsage,
  readAnswer,
  openTap,
  decodeError,
  encodeError,
  encodeStreamError,
  keepAlive: keepAliveComment,
}
