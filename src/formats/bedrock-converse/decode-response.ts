// A whole answer of Converse in the neutral form.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import type { AnswerFacts } from '../../call.ts'
import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { Extra } from '../../conversation/parts.ts'
import { isObject, isText, type MutableJson, objectsOf } from '../../lib/json-value.ts'
import { malformed, parseJson } from '../shared/answer-body.ts'
import { factsOfCompletion } from '../streams/stream-facts.ts'
import { decodeAnswerBlock } from './decode-blocks.ts'
import { formatName } from './name.ts'
import { readFinish } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/** @throws GatewayError `upstream_malformed`, or `upstream_error` where the model failed to write its answer */
export function decodeResponse(body: unknown): Completion {
  if (!isObject(body)) throw malformed('is not a JSON object')
  const message = isObject(body['output']) ? body['output']['message'] : undefined
  if (!isObject(message)) throw malformed('has no `output`')
  const blocks = objectsOf(message['content'])
  const parts = blocks.map(decodeAnswerBlock).filter(saysSomething)
  const finish = readFinish({
    stopReason: body['stopReason'],
    fields: body['additionalModelResponseFields'],
    calls: parts.some(({ type }) => type === 'tool_call'),
    content: parts.length > 0,
  })
  const serviceTier = serviceTierOf(body)
  const extra = readExtra(body)
  return {
    id: '',
    model: '',
    choices: [{ parts, finish }],
    usage: readUsage(body['usage']),
    ...(serviceTier !== null && { serviceTier }),
    ...(extra !== null && { extra }),
  }
}

export function readAnswer(body: Buffer): AnswerFacts {
  return factsOfCompletion(decodeResponse(parseJson(body.toString())))
}

/** Some models begin with an empty text, which is nothing that they said. */
function saysSomething(part: AnswerPart): boolean {
  return part.type !== 'text' || part.text !== '' || part.citations !== undefined
}

export function serviceTierOf({ serviceTier }: MutableJson): string | null {
  return isObject(serviceTier) && isText(serviceTier['type']) ? serviceTier['type'] : null
}

/** What is told beside the answer, of a whole one or in the metadata of a stream. */
export function readExtra({ metrics, trace, performanceConfig }: MutableJson): Extra | null {
  const told = {
    ...(isObject(metrics) && { metrics }),
    ...(isObject(trace) && { trace }),
    ...(isObject(performanceConfig) && { performanceConfig }),
  }
  return Object.keys(told).length === 0 ? null : { [formatName]: told }
}
