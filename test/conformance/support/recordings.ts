// The recorded answers of providers, with what a native client read of each.

import { readFileSync } from 'node:fs'
import { writeAwsEvent } from './aws-events.ts'
import { at, type Json, listAt, numberAt, parseOr, textAt } from './json.ts'
import { canonicalInput, type FinishWord, type Reading } from './reading.ts'
import { readSharedJson, shared, sharedPath } from './shared.ts'

export interface Recording {
  /** Path below the fixtures: the name of the recording. */
  readonly file: string
  /** Null where only the answer was recorded. */
  readonly requestFile: string | null
  readonly provider: string
  /** The wire format of the answer. */
  readonly format: string
  readonly status: number
  readonly streamed: boolean
  /** As recorded; not evidence of what a provider sends where it was made by hand. */
  readonly fidelity: string
}

const formatOfApi: Readonly<Record<string, string>> = {
  chat: 'openai-chat',
  chat_compat: 'openai-chat',
  completions: 'openai-completions',
  responses: 'openai-responses',
  messages: 'anthropic-messages',
  generateContent: 'gemini',
  chat_v2: 'cohere-chat',
  converse: 'bedrock-converse',
  api_chat: 'ollama-chat',
}

/** Answers of models; recordings of other operations (token counts, lists of models, images) are left out. */
export const recordings: readonly Recording[] = shared === null ? [] : listRecordings()

function listRecordings(): Recording[] {
  const [head = '', ...lines] = readFileSync(sharedPath('fixtures', 'MANIFEST.tsv'), 'utf8')
    .trim()
    .split('\n')
  const columns = head.split('\t')
  return lines.flatMap(line => {
    const cells = line.split('\t')
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? ''
    const format = formatOfApi[cell('api')]
    const file = cell('response_file')
    if (format === undefined || file === '-') return []
    const requestFile = cell('request_file')
    return {
      file,
      requestFile: requestFile === '-' ? null : requestFile,
      provider: cell('provider'),
      format,
      status: Number(cell('status')),
      streamed: !file.endsWith('.json'),
      fidelity: cell('fidelity'),
    }
  })
}

/** The bytes as the provider sent them: some recorders took the frames off. */
export function readRecording({ file, format }: Recording): Buffer {
  const bytes = readFileSync(sharedPath('fixtures', file))
  if (!file.endsWith('.chunks.jsonl')) return bytes
  const lines = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
  return frameLines(lines, format)
}

function frameLines(lines: readonly string[], format: string): Buffer {
  switch (format) {
    case 'bedrock-converse':
      return Buffer.concat(lines.map(frameBedrock))
    case 'openai-chat':
    case 'openai-completions':
      return Buffer.from([...lines, '[DONE]'].map(line => `data: ${line}\n\n`).join(''))
    case 'gemini':
      return Buffer.from(lines.map(line => `data: ${line}\r\n\r\n`).join(''))
    default:
      return Buffer.from(
        lines.map(line => `event: ${textAt(parseOr(line, {}), 'type')}\ndata: ${line}\n\n`).join(''),
      )
  }
}

function frameBedrock(line: string): Buffer {
  const [[type, body] = ['', {}]] = Object.entries(JSON.parse(line) as Json)
  const kind = type.endsWith('Exception') ? 'exception' : 'event'
  return writeAwsEvent({ type, kind, data: JSON.stringify(body) })
}

/** What an independent native client read, by recording. */
export const normalForms: ReadonlyMap<string, Reading> = new Map(
  listAt({ forms: readSharedJson('cases', 'normal_forms.json') }, 'forms').map(form => [
    textAt(form, 'file'),
    asReading(at(form, 'expected')),
  ]),
)

function asReading(expected: unknown): Reading {
  const usage = at(expected, 'usage')
  const finish = at(expected, 'finish_reason', 'unified')
  const errors = at(expected, 'errors')
  return {
    text: textAt(expected, 'text'),
    reasoning: textAt(expected, 'reasoning'),
    toolCalls: listAt(expected, 'tool_calls').map(call => ({
      id: textAt(call, 'id'),
      name: textAt(call, 'name'),
      input: canonicalInput(textAt(call, 'input')),
    })),
    finish: typeof finish === 'string' && finish !== 'error' ? (finish as FinishWord) : null,
    usage: {
      input: numberAt(usage, 'inputTokens', 'total'),
      cacheRead: numberAt(usage, 'inputTokens', 'cacheRead'),
      output: numberAt(usage, 'outputTokens', 'total'),
      reasoning: numberAt(usage, 'outputTokens', 'reasoning'),
    },
    error: Array.isArray(errors) && errors.length > 0 ? String(errors[0]) : null,
  }
}
