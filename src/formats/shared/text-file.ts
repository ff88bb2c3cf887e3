// Text files for formats that have no place for files: what they hold stands in the message itself.

import type { FilePart } from '../../conversation/parts.ts'
import { unsupported } from './unsayable.ts'

const textual = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|x-ndjson)\b)/i

/**
 * What the file says, after its name.
 * @throws GatewayError `unsupported_parameter` where it holds something else than text, or lies elsewhere
 */
export function readTextFile({ source, name }: FilePart): string {
  if (source.kind !== 'base64' || !textual.test(source.mediaType))
    throw unsupported('messages', 'it cannot read files other than text')
  const text = Buffer.from(source.data, 'base64').toString()
  return name === undefined ? text : `${name}:\n${text}`
}
