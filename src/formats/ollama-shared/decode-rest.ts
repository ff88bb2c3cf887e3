// What stands beside the prompt in every request to Ollama, from its shape to the neutral form.

import type { Conversation } from '../../conversation/conversation.ts'
import type { ImagePart } from '../../conversation/parts.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'
import { sniffBase64 } from '../../lib/media-type.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { decodeOutput, decodeSampling, decodeThink, moreOptions } from './options.ts'

/** Fields that the neutral form has words for, whatever is asked. */
export const knownFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'stream',
  'options',
  'format',
  'think',
  'logprobs',
  'top_logprobs',
])

type Rest = Omit<Conversation, 'messages' | 'tools'>

/** @param told further fields that the caller has found words for */
export function decodeRest(body: JsonObject, formatName: string, told: readonly string[] = []): Rest {
  const output = decodeOutput(body['format'])
  const reasoning = decodeThink(body['think'])
  const options = moreOptions(body)
  const own = {
    ...otherFields(body, new Set([...knownFields, ...told])),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  }
  return {
    model: String(body['model']),
    streaming: body['stream'] !== false,
    sampling: decodeSampling(body),
    ...(output === undefined ? {} : { output }),
    ...(reasoning === undefined ? {} : { reasoning }),
    wantsStreamUsage: true,
    ...putAside(formatName, own),
  }
}

/** Bare base64, or a data URI, as some clients write it. */
export function decodeImages(images: unknown): readonly ImagePart[] {
  return (Array.isArray(images) ? images.filter(isText) : []).map(image => {
    const data = image.replace(/^data:[^,]*,/, '')
    return { type: 'image', source: { kind: 'base64', mediaType: sniffBase64(data, 'image/png'), data } }
  })
}
