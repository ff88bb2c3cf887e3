// Goes on with a stream that another server began. Where its last block had ended, what more is said begins another one.

import type { Conversation } from '../../conversation/conversation.ts'
import type { BegunStream, EncodeContext, WireEvent } from '../format.ts'
import { CohereStreamEncoder } from './encode-stream.ts'

export function resumeEncoder(
  context: EncodeContext<Conversation>,
  write: (event: WireEvent) => void,
  { wire, replay }: BegunStream,
): CohereStreamEncoder {
  const encoder = new CohereStreamEncoder(context, write)
  replay(encoder)
  const last = wire.findLast(({ name }) => name.startsWith('content-'))
  if (last?.name === 'content-end') encoder.goOnInAnotherBlock()
  return encoder
}
