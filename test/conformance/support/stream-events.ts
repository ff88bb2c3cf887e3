// The events of a stream in any of the framings, read with parsers that are not the gateway's.

import type { GrammarEvent } from '../grammars/grammar.ts'
import { readAwsEvents } from './aws-events.ts'
import type { Json } from './json.ts'
import { readServerSentEvents } from './server-sent-events.ts'

/** @throws SyntaxError for an event that is no JSON */
export function readStreamEvents(format: string, bytes: Buffer): GrammarEvent[] {
  if (format === 'bedrock-converse')
    return readAwsEvents(bytes).map(({ type, data }) => ({
      name: type,
      body: parse(data === '' ? '{}' : data),
    }))
  if (format === 'ollama-chat')
    return bytes
      .toString()
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(line => ({ name: '', body: parse(line) }))
  return readServerSentEvents(bytes)
    .filter(({ data }) => data.trim() !== '[DONE]')
    .map(({ name, data }) => ({ name, body: parse(data) }))
}

function parse(text: string): Json {
  return JSON.parse(text) as Json
}
