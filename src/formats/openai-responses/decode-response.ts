// From a whole response to the neutral form.

import type { AnswerPart, Completion, Finish } from '../../conversation/completion.ts'
import { isObject, isText, type JsonObject, type MutableJson, objectsOf } from '../../lib/json-value.ts'
import { failureInSuccess, holdsError } from '../openai-shared/errors.ts'
import { malformed } from '../shared/answer-body.ts'
import { decodeAssistantItem, logprobsOf } from './decode-item.ts'
import { readUsage } from './usage.ts'
import { kindOf, textOf } from './wire.ts'

/** @throws GatewayError `upstream_malformed`, or what a response that failed says */
export function decodeResponse(body: unknown): Completion {
  if (!isObject(body)) throw malformed('is not a JSON object')
  throwIfFailed(body)
  const { id, model, created_at: created, output, service_tier: serviceTier } = body
  if (!Array.isArray(output)) throw malformed('has no `output`')
  const items = objectsOf(output)
  const parts = items.flatMap(decodeAssistantItem)
  const logprobs = items.filter(item => kindOf(item) === 'message').flatMap(logprobsOf)
  return {
    id: textOf(id),
    model: textOf(model),
    ...(typeof created === 'number' && { created }),
    choices: [
      {
        parts,
        finish: finishOf(body, parts),
        ...(logprobs.length > 0 && { logprobs: { content: logprobs } }),
      },
    ],
    usage: readUsage(body['usage']),
    ...(isText(serviceTier) && { serviceTier }),
  }
}

function throwIfFailed(response: MutableJson): void {
  if (holdsError(response) || response['status'] === 'failed') throw failureInSuccess(response)
}

/** A response that waits for the results of its calls is `completed` to this format. */
export function finishOf(response: JsonObject, parts: readonly Pick<AnswerPart, 'type'>[]): Finish {
  const { status, incomplete_details: details } = response
  if (status === 'incomplete') return finishOfIncomplete(isObject(details) ? details['reason'] : undefined)
  if (status === 'queued' || status === 'in_progress') return { reason: 'pause', native: status }
  const reason = parts.some(({ type }) => type === 'tool_call') ? 'tool_calls' : 'stop'
  return { reason, native: isText(status) ? status : 'completed' }
}

function finishOfIncomplete(reason: unknown): Finish {
  const native = isText(reason) ? reason : 'incomplete'
  return { reason: native === 'content_filter' ? 'content_filter' : 'length', native }
}
