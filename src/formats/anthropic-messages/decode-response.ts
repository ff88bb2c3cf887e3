// A whole message in the neutral form.

import type { AnswerPart, Completion } from '../../conversation/completion.ts'
import type { Extra } from '../../conversation/parts.ts'
import { writeToolArguments } from '../../conversation/tool-arguments.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { malformed } from '../shared/answer-body.ts'
import { putAside } from '../shared/aside.ts'
import { decodeCitations } from './citations.ts'
import { failureInSuccess } from './errors.ts'
import { decodeFinish } from './stop-reasons.ts'
import { readUsage } from './usage.ts'
import { asideFields, formatName, textIn } from './wire.ts'

/** @throws GatewayError `upstream_malformed`, or what an error inside a success says */
export function decodeResponse(body: unknown): Completion {
  if (!isObject(body)) throw malformed('is not a JSON object')
  if (body['type'] === 'error' || isObject(body['error'])) throw failureInSuccess(body)
  const { content, usage } = body
  if (!Array.isArray(content)) throw malformed('has no `content`')
  const parts = content.filter(isObject).flatMap(decodeAnswerBlock)
  const said = { calls: parts.some(({ type }) => type === 'tool_call'), content: parts.length > 0 }
  return {
    id: isText(body['id']) ? body['id'] : '',
    model: isText(body['model']) ? body['model'] : '',
    choices: [{ parts, finish: decodeFinish(body, said) }],
    usage: readUsage(usage),
    ...readTier(usage),
    ...messageExtra(body),
  }
}

/** `standard` is what others call `default`. */
export function readTier(usage: unknown): { readonly serviceTier?: string } {
  const tier = isObject(usage) ? usage['service_tier'] : null
  return isText(tier) ? { serviceTier: tier === 'standard' ? 'default' : tier } : {}
}

/** What a message says beside its content that a client may need for the next request. */
export function messageExtra({ container, context_management: management }: JsonObject): {
  readonly extra?: Extra
} {
  const kept = {
    ...(isObject(container) && { container }),
    ...(isObject(management) && { context_management: management }),
  }
  return putAside(formatName, kept)
}

/** Fields of a called tool that have words in the neutral form. */
export const callFields: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input'])

/** A block that came in one piece. */
export function decodeAnswerBlock(block: JsonObject): readonly AnswerPart[] {
  switch (block['type']) {
    case 'text':
      return [{ type: 'text', text: textIn(block, 'text'), ...decodeCitations(block['citations']) }]
    case 'thinking':
      return [
        {
          type: 'reasoning',
          text: textIn(block, 'thinking'),
          ...(isText(block['signature']) && { signature: block['signature'] }),
          origin: formatName,
        },
      ]
    case 'redacted_thinking':
      return [{ type: 'reasoning', text: '', encrypted: textIn(block, 'data'), origin: formatName }]
    case 'tool_use':
      return [
        {
          type: 'tool_call',
          id: textIn(block, 'id'),
          name: textIn(block, 'name'),
          arguments: writeToolArguments(block['input']),
          ...asideFields(block, callFields),
        },
      ]
    default:
      return [{ type: 'opaque', format: formatName, value: block }]
  }
}
