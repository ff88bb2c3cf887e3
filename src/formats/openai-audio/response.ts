// Whole answers of speech and of transcription.

import type { AnswerFacts } from '../../call.ts'
import { isObject, isText } from '../../lib/json-value.ts'
import { parseAnswer } from '../openai-shared/answer.ts'
import { readMediaUsage } from '../openai-shared/media-usage.ts'
import { malformed } from '../shared/answer-body.ts'

const noFacts: AnswerFacts = {
  usage: null,
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

/** Audio comes as a stream of bytes; what comes whole is JSON with audio in it, or an error. */
export function readSpeech(body: Buffer): AnswerFacts {
  return { ...noFacts, usage: readMediaUsage(parseAnswer(body)['usage']) }
}

/** A transcript as JSON, as plain text or as subtitles: the content type tells. */
export function readTranscript(body: Buffer, contentType = 'application/json'): AnswerFacts {
  if (/^text\/html\b/i.test(contentType)) throw malformed('is a web page')
  if (!/\bjson\b/i.test(contentType)) return { ...noFacts, outputCharacters: body.toString().length }
  const text = readJsonText(body)
  if (text !== null) return { ...noFacts, outputCharacters: text.length }
  const answer = parseAnswer(body)
  if (!isText(answer['text']) && answer['text'] !== '') throw malformed('has no `text`')
  return {
    ...noFacts,
    usage: readMediaUsage(answer['usage']),
    model: isText(answer['model']) ? answer['model'] : null,
    outputCharacters: answer['text'].length,
  }
}

/** Some servers answer `text` with a JSON string. */
function readJsonText(body: Buffer): string | null {
  if (body[0] !== 0x22) return null
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'string' && !isObject(value) ? value : null
  } catch {
    return null
  }
}
