// Goes on with a stream of a response that another server began: its items keep their ids, its events their numbers.

import type { Conversation } from '../../conversation/conversation.ts'
import { isObject, isText } from '../../lib/json-value.ts'
import type { BegunStream, EncodeContext, WireEvent } from '../format.ts'
import { ResponsesStreamEncoder } from './encode-stream.ts'

export function resumeEncoder(
  context: EncodeContext<Conversation>,
  write: (event: WireEvent) => void,
  { wire, replay }: BegunStream,
): ResponsesStreamEncoder {
  const ids = new Map<number, string>()
  let last = -1
  for (const { data } of wire) {
    if (!data.startsWith('{')) continue
    const event: unknown = JSON.parse(data)
    if (!isObject(event)) continue
    const { sequence_number: sequence, output_index: index, item } = event
    if (typeof sequence === 'number') last = Math.max(last, sequence)
    if (typeof index === 'number' && isObject(item) && isText(item['id'])) ids.set(index, item['id'])
  }
  const encoder = new ResponsesStreamEncoder(context, write, ids)
  replay(encoder)
  if (last >= 0) encoder.goOnAt(last + 1)
  return encoder
}
