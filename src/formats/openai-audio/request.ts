// The shapes of requests for speech and for transcripts. All values of a form are text.

import { isText } from '../../lib/json-value.ts'
import type { Address, JsonObject, RequestFacts } from '../format.ts'
import { isFlag, isOn } from '../openai-shared/form-checks.ts'
import { type Check, checkFields, checkModel, isNumber, isString, refuse } from '../shared/checks.ts'

const speechChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['input', isString],
  ['instructions', isString],
  ['response_format', isString],
  ['stream_format', isString],
  ['speed', isNumber],
])

export function checkSpeech(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(address.model ?? body['model'])
  const { input, instructions } = body
  if (!isText(input)) refuse('input', input === undefined ? 'is missing' : 'must be a text')
  checkFields(body, fields, speechChecks)
  return {
    model,
    streaming: body['stream_format'] === 'sse',
    wantsStreamUsage: false,
    inputCharacters: input.length + (isText(instructions) ? instructions.length : 0),
    fields,
  }
}

const recordingChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['language', isString],
  ['prompt', isString],
  ['response_format', isString],
  ['stream', isFlag],
])

/** Where a provider takes recordings by other names than `file`: by address, by the id of an upload, within JSON. */
const recordings = ['file', 'file_url', 'file_id', 'url', 'input_audio', 'audio'] as const

export function checkRecording(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(address.model ?? body['model'])
  if (!recordings.some(name => body[name] !== undefined)) refuse('file', 'is missing')
  checkFields(body, fields, recordingChecks)
  return {
    model,
    streaming: isOn(body['stream']),
    wantsStreamUsage: false,
    inputCharacters: isText(body['prompt']) ? body['prompt'].length : 0,
    fields,
  }
}
