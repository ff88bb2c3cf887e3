// A whole answer in the neutral form: each choice is a text.

import type { Choice, Completion } from '../../conversation/completion.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import { choicesOf, refuseError } from '../openai-shared/answer.ts'
import { readFinish } from '../openai-shared/finish.ts'
import { readUsage } from '../openai-shared/usage.ts'
import { malformed } from '../shared/answer-body.ts'
import { decodeLogprobs } from './logprobs.ts'
import { formatName } from './name.ts'

export function decodeResponse(body: unknown): Completion {
  const answer = refuseError(body)
  const choices = choicesOf(answer)
  if (choices.length === 0) throw malformed('has no choices')
  const { id, model, created } = answer
  return {
    id: isText(id) ? id : '',
    model: isText(model) ? model : '',
    ...(typeof created === 'number' ? { created } : {}),
    choices: choices.map(decodeChoice),
    usage: readUsage(answer['usage']),
  }
}

function decodeChoice(choice: MutableJson): Choice {
  const { text, logprobs } = choice
  const answered = { hasToolCalls: false, hasContent: isText(text) }
  return {
    parts: isText(text) ? [{ type: 'text', text }] : [],
    finish: readFinish(choice, answered, formatName),
    ...(isObject(logprobs) ? { logprobs: decodeLogprobs(logprobs) } : {}),
  }
}
