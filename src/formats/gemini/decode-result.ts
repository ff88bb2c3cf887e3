// The result of a function, as the neutral form knows it. Google's answer is an object; `output` and `error` in it are
// the conventional places of what was returned and of what went wrong.
// https://ai.google.dev/api/caching#FunctionResponse

import type { ToolResultContent, ToolResultPart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import type { CallBook } from './call-book.ts'
import { decodeMedia } from './decode-part.ts'
import { defined, formatName, objectIn, objectsIn, textIn } from './wire.ts'

const partFields = new Set(['functionResponse'])
const responseFields = new Set(['id', 'name', 'response', 'parts'])

export function decodeResult(part: JsonObject, calls: CallBook): ToolResultPart {
  const response = objectIn(part, 'functionResponse')
  const name = textIn(response, 'name')
  const said = response['response']
  const isError = typeof said === 'object' && said !== null && 'error' in said
  const own = defined({
    ...otherFields(part, partFields),
    functionResponse: otherFields(response, responseFields),
  })
  const media = objectsIn(response, 'parts').flatMap((inner): readonly ToolResultContent[] => [
    decodeMedia(inner) ?? { type: 'opaque', format: formatName, value: inner },
  ])
  const text = textOfResponse(said)
  return {
    type: 'tool_result',
    callId: calls.answer(response),
    ...(name === undefined ? {} : { name }),
    content: text === '' && media.length > 0 ? media : [{ type: 'text', text }, ...media],
    ...(isError && { isError: true }),
    ...putAside(formatName, own),
  }
}

/** The value of the conventional place where it is the only one, else the whole object as JSON. */
function textOfResponse(response: unknown): string {
  if (response === undefined || response === null) return ''
  if (typeof response === 'string') return response
  if (typeof response === 'object' && !Array.isArray(response)) {
    const fields = Object.entries(response)
    const [only] = fields
    if (only === undefined) return ''
    if (fields.length === 1 && ['output', 'result', 'error'].includes(only[0]))
      return typeof only[1] === 'string' ? only[1] : JSON.stringify(only[1])
  }
  return JSON.stringify(response)
}
