// The same format for clients that stream without `alt=sse`: the answers come as the elements of one JSON array.

import type { StreamTap } from '../../call.ts'
import type { ChatTranslation, Format, StreamEncoder } from '../format.ts'
import { jsonArray } from '../framing/json-array.ts'
import { PassThroughTap } from '../pass-through-tap.ts'
import { errorText } from './errors.ts'
import { gemini } from './index.ts'

const openEncoder: ChatTranslation['openEncoder'] = (context, write) => {
  let isEmpty = true
  const inner = gemini.chat.openEncoder(context, ({ data }) => {
    write({ name: '', data: `${isEmpty ? '[' : ',\r\n'}${data}` })
    isEmpty = false
  })
  return {
    push(event) {
      inner.push(event)
      if (event.type === 'end') write({ name: '', data: ']' })
    },
    fail(error) {
      inner.fail(error)
      write({ name: '', data: ']' })
    },
  } satisfies StreamEncoder
}

const chat: ChatTranslation = { ...gemini.chat, openEncoder }

/** An array that fails is still one. */
function openArrayTap(): StreamTap {
  const tap = new PassThroughTap({ framing: jsonArray, chat })
  let isEmpty = true
  return {
    facts: tap.facts,
    get started() {
      return tap.started
    },
    get ended() {
      return tap.ended
    },
    push(chunk) {
      const passed = tap.push(chunk)
      if (passed !== null) isEmpty = false
      return passed
    },
    finish: () => tap.finish(),
    fail: error => Buffer.from(`${isEmpty ? '[' : ',\r\n'}${errorText(error)}]`),
  }
}

export const geminiJsonArray: Format = {
  ...gemini,
  name: 'gemini-json-array',
  framing: jsonArray,
  openTap: openArrayTap,
  encodeError: error => Buffer.from(`[${errorText(error)}]`),
  encodeStreamError: error => Buffer.from(`[${errorText(error)}]`),
  // White space means nothing between the elements of an array.
  keepAlive: Buffer.from('\n'),
  chat,
}
