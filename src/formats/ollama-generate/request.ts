// A request of Ollama's generate, and the way between it and the neutral form. https://docs.ollama.com/api/generate

import type { Conversation, Message } from '../../conversation/conversation.ts'
import { isSet, isText, type JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget, RequestFacts } from '../format.ts'
import { checkImages, restChecks } from '../ollama-shared/checks.ts'
import { decodeImages, decodeRest, knownFields } from '../ollama-shared/decode-rest.ts'
import { encodeRest } from '../ollama-shared/encode-rest.ts'
import { ownFieldRules } from '../ollama-shared/own-fields.ts'
import { checkFields, checkModel, isString, measure } from '../shared/checks.ts'
import { droppedAround, droppedMarks, refuseChoicesAndBias, unsupported } from '../shared/unsayable.ts'
import { formatName } from './shape.ts'

/** Without a prompt, the model is loaded and nothing else. */
export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  const { prompt, system } = body
  if (isSet(prompt)) isString(prompt, 'prompt')
  checkImages(body['images'], 'images')
  checkFields(body, fields, restChecks)
  return {
    model,
    streaming: body['stream'] !== false,
    wantsStreamUsage: true,
    inputCharacters: measure(prompt, 'prompt', 1) + measure(system, 'system', 1),
    fields,
  }
}

const told = ['prompt', 'system', 'images']

export const ownFields = ownFieldRules([...knownFields, ...told])

export function decodeRequest(body: JsonObject): Conversation {
  const { prompt, system, images } = body
  const messages: Message[] = [
    ...(isText(system) ? [{ role: 'system', parts: [{ type: 'text', text: system }] } as const] : []),
    {
      role: 'user',
      parts: [...decodeImages(images), ...(isText(prompt) ? [{ type: 'text', text: prompt } as const] : [])],
    },
  ]
  return { ...decodeRest(body, formatName, told), messages, tools: [] }
}

const noMarks = ['name', 'detail'] as const

/** A conversation of more than a system prompt and a question has `/api/chat`. */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest {
  refuseChoicesAndBias(conversation)
  if (conversation.tools.length > 0) throw unsupported('tools', 'it completes prompts alone')
  const warnings = [...droppedAround(conversation), ...droppedMarks(conversation, noMarks)]
  const texts = (role: Message['role']) =>
    conversation.messages.filter(message => message.role === role).flatMap(textsOf)
  if (texts('assistant').length > 0) throw unsupported('messages', 'it completes prompts alone')
  const system = texts('system').join('\n')
  const images = conversation.messages.flatMap(imagesOf)
  const body: JsonObject = {
    model: target.model,
    ...(system === '' ? {} : { system }),
    prompt: texts('user').join('\n'),
    ...(images.length === 0 ? {} : { images }),
    ...encodeRest(conversation, target, formatName),
  }
  return { body, warnings }
}

function textsOf({ parts }: Message): readonly string[] {
  return parts.flatMap(part => {
    if (part.type === 'text') return [part.text]
    if (part.type === 'image') return []
    throw unsupported('messages', `it takes no ${part.type.replace('_', ' ')} in a prompt`)
  })
}

function imagesOf({ parts }: Message): readonly string[] {
  return parts.flatMap(part => {
    if (part.type !== 'image') return []
    if (part.source.kind === 'base64') return [part.source.data]
    throw unsupported('messages', 'an image has to stand in the request itself')
  })
}
