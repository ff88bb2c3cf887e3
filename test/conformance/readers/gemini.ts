// A client of Gemini's generateContent. https://ai.google.dev/api/generate-content

import { at, type Json, listAt, numberAt, objectAt, textAt } from '../support/json.ts'
import {
  closeNotes,
  type FinishWord,
  finishWord,
  type Notes,
  openNotes,
  type Reader,
  type ReadUsage,
} from '../support/reading.ts'
import { readServerSentEvents } from '../support/server-sent-events.ts'

const finishWords: Readonly<Record<string, FinishWord>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
}

export const geminiReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    readChunk(body, notes)
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    for (const { data } of readServerSentEvents(bytes)) readChunk(JSON.parse(data), notes)
    return closeNotes(notes)
  },
}

function readChunk(body: unknown, notes: Notes): void {
  const candidate = listAt(body, 'candidates').find(({ index }) => (index ?? 0) === 0)
  for (const part of listAt(candidate, 'content', 'parts')) {
    if (part['thought'] === true) notes.reasoning += textAt(part, 'text')
    else notes.text += textAt(part, 'text')
    if (part['functionCall']) readCall(objectAt(part, 'functionCall'), notes)
  }
  const native = at(candidate, 'finishReason')
  notes.finish = finishWord(finishWords, native, notes.calls.length > 0) ?? notes.finish
  if (at(body, 'promptFeedback', 'blockReason')) notes.finish = 'content-filter'
  notes.usage = readUsage(at(body, 'usageMetadata')) ?? notes.usage
  if (at(body, 'error')) notes.error = textAt(body, 'error', 'message')
}

/** A call comes whole, or begun with its name and followed by pieces of its arguments without one. */
function readCall(call: Json, notes: Notes): void {
  const name = textAt(call, 'name')
  if (name !== '')
    notes.calls.push({ id: textAt(call, 'id'), name, input: JSON.stringify(objectAt(call, 'args')) })
  const last = notes.calls.at(-1)
  const pieces = listAt(call, 'partialArgs')
  if (last === undefined || pieces.length === 0) return
  const args = JSON.parse(last.input) as Json
  for (const piece of pieces) addPiece(args, piece)
  last.input = JSON.stringify(args)
}

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc */
function addPiece(args: Json, piece: Json): void {
  const path = textAt(piece, 'jsonPath').match(/[^.[\]'$]+/g) ?? []
  const field = path.at(-1) ?? ''
  let here: Record<string, unknown> = args
  path.slice(0, -1).forEach((step, index) => {
    here[step] ??= /^\d+$/.test(path[index + 1] ?? '') ? [] : {}
    here = here[step] as Record<string, unknown>
  })
  const text = piece['stringValue']
  const known = here[field]
  if (typeof text === 'string') here[field] = typeof known === 'string' ? known + text : text
  else here[field] = piece['numberValue'] ?? piece['boolValue'] ?? null
}

function readUsage(usage: unknown): ReadUsage | null {
  if (typeof usage !== 'object' || usage === null) return null
  const reasoning = numberAt(usage, 'thoughtsTokenCount')
  return {
    input: numberAt(usage, 'promptTokenCount') + numberAt(usage, 'toolUsePromptTokenCount'),
    cacheRead: numberAt(usage, 'cachedContentTokenCount'),
    output: numberAt(usage, 'candidatesTokenCount') + reasoning,
    reasoning,
  }
}
