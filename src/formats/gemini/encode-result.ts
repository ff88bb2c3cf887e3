// The result of a function in Google's shape: an object, whatever the tool returned.

import type { ToolResultContent, ToolResultPart } from '../../conversation/parts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { nameOfOpaque } from '../shared/unsayable.ts'
import { encodeMedia } from './encode-part.ts'
import { defined, formatName, ownExtra } from './wire.ts'

export interface EncodedResult {
  readonly part: JsonObject
  /** What the model cannot take within a result: it follows in the same turn. */
  readonly following: readonly JsonObject[]
}

/** @param mediaInside the model takes images and files within the result */
export function encodeResult(
  result: ToolResultPart,
  mediaInside: boolean,
  warnings: string[],
): EncodedResult {
  const { callId, name = callId, content, isError } = result
  const texts = content.flatMap(part => (part.type === 'text' ? [part.text] : []))
  const media = content.map(part => encodeInner(part, warnings)).filter(part => part !== null)
  const { functionResponse: inner, ...own } = ownExtra(result.extra) ?? {}
  const said = encodeSaid(texts.join('\n'), isError === true)
  const moved = media.length > 0 && !mediaInside
  const response = moved && texts.length === 0 ? { output: 'The result follows as media.' } : said
  const part = {
    functionResponse: defined({
      id: callId,
      name,
      response,
      parts: media.length > 0 && mediaInside ? media : undefined,
      ...(inner as JsonObject | undefined),
    }),
    ...own,
  }
  if (!moved) return { part, following: [] }
  return { part, following: [{ text: `Media from the result of ${name} (${callId}):` }, ...media] }
}

function encodeInner(part: ToolResultContent, warnings: string[]): JsonObject | null {
  if (part.type === 'text') return null
  if (part.type === 'opaque') {
    if (part.format === formatName) return part.value
    warnings.push(`dropped content ${nameOfOpaque(part)}`)
    return null
  }
  return encodeMedia(part)
}

/** A number with more digits than a double holds would be changed by parsing. */
const longNumber = /\d{16}/

function encodeSaid(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text }
  if (text.startsWith('{') && !longNumber.test(text)) {
    try {
      const value: unknown = JSON.parse(text)
      if (isObject(value) && Object.keys(value).length > 0) return value
    } catch {
      // It only looked like JSON.
    }
  }
  return { output: text }
}
