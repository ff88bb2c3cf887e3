// Recorded responses: what a native client reads of each must be what the decoder reads, full and streamed.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../../call.ts'
import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { GatewayError } from '../../errors.ts'
import { cut, cutByEvent } from '../normal-form.fixture.ts'
import { EventReader } from '../streams/event-reader.ts'
import { chatOfResponses, decodeContext } from './format.fixture.ts'
import { openAiResponses } from './index.ts'
import pinnedJson from './recordings.pinned.json' with { type: 'json' }

interface Pin {
  readonly failure?: string
  /** Field of the normal form -> digest of what is read in its place. */
  readonly expected?: Readonly<Record<string, string>>
  readonly reason: string
}

const pinned: Readonly<Record<string, Pin>> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']

interface Normal {
  text: string
  reasoning: string
  tool_calls: readonly { name: string; input: unknown; id: string }[]
  finish_reason: { unified: string }
  usage: {
    inputTokens: { total?: number; cacheRead?: number }
    outputTokens: { total?: number; reasoning?: number }
  }
}

interface NormalForm {
  readonly file: string
  readonly api: string
  readonly expected: Normal
}

function readForms(): readonly NormalForm[] {
  const path = `${shared}/cases/normal_forms.json`
  if (shared === undefined || !existsSync(path)) return []
  const forms = JSON.parse(readFileSync(path, 'utf8')) as NormalForm[]
  return forms.filter(({ api }) => api === 'responses')
}

/** Every recording, with its status; some have no normal form. */
function listRecordings(): readonly { file: string; status: number }[] {
  const path = `${shared}/fixtures/MANIFEST.tsv`
  if (shared === undefined || !existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .map(line => line.split('\t'))
    .filter(([, api]) => api === 'responses')
    .map(([, , , file = '', , , status]) => ({ file, status: Number(status) }))
}

/** The bytes as the provider sent them: the recorders took the framing off some. */
function readStream(file: string): Buffer {
  const bytes = readFileSync(`${shared}/fixtures/${file}`)
  if (file.endsWith('.sse')) return bytes
  const events = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => {
      const type = /"type":\s*"((?:response\.|error)[^"]*)"/.exec(line)?.[1]
      return `${type === undefined ? '' : `event: ${type}\n`}data: ${line}\n\n`
    })
  return Buffer.from(events.join(''))
}

function decodeStream(chunks: readonly Buffer[]): Completion {
  const events: CompletionEvent[] = []
  const decoder = chatOfResponses.openDecoder(decodeContext, event => events.push(event))
  const reader = new EventReader(openAiResponses.framing, event => {
    decoder.push(event)
    return true
  })
  for (const chunk of chunks) {
    const block = reader.split(chunk)
    if (block !== null) reader.read(block)
  }
  const rest = reader.rest()
  if (rest !== null) reader.read(rest)
  decoder.finish()
  return foldEvents(events)
}

function decodeFile(file: string): Completion {
  if (!file.endsWith('.json')) return decodeStream([readStream(file)])
  return chatOfResponses.decodeResponse(
    JSON.parse(readFileSync(`${shared}/fixtures/${file}`, 'utf8')),
    decodeContext,
  )
}

function normalUsage(usage: Usage | null): Normal['usage'] {
  const { inputUncached = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, audioInput = 0 } = usage ?? {}
  const { outputText = 0, outputReasoning = 0, audioOutput = 0 } = usage ?? {}
  return {
    inputTokens: { total: inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioInput, cacheRead },
    outputTokens: { total: outputText + outputReasoning + audioOutput, reasoning: outputReasoning },
  }
}

const finishNames: Readonly<Record<string, string>> = {
  tool_calls: 'tool-calls',
  content_filter: 'content-filter',
}

function normalOf({ choices: [choice], usage }: Completion): Normal {
  const parts = choice?.parts ?? []
  const reason = choice?.finish.reason ?? ''
  return {
    text: parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
    reasoning: parts.map(part => (part.type === 'reasoning' ? part.text : '')).join(''),
    tool_calls: parts.flatMap(part =>
      part.type === 'tool_call'
        ? { name: part.name, input: parseLeniently(part.arguments), id: part.id }
        : [],
    ),
    finish_reason: { unified: finishNames[reason] ?? reason },
    usage: normalUsage(usage),
  }
}

function parseLeniently(text: unknown): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function expectedOf({ expected }: NormalForm): Normal {
  const { inputTokens, outputTokens } = expected.usage
  return {
    text: expected.text,
    reasoning: expected.reasoning,
    tool_calls: expected.tool_calls.map(({ name, id, input }) => ({
      name,
      input: parseLeniently(input),
      id,
    })),
    finish_reason: { unified: expected.finish_reason.unified },
    usage: {
      inputTokens: { total: inputTokens.total ?? 0, cacheRead: inputTokens.cacheRead ?? 0 },
      outputTokens: { total: outputTokens.total ?? 0, reasoning: outputTokens.reasoning ?? 0 },
    },
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

function failureOf(action: () => unknown): string | null {
  try {
    action()
    return null
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.code
    throw thrown
  }
}

const recordings = listRecordings()
const failing = (file: string): boolean => pinned[file]?.failure !== undefined

describe.skipIf(shared === undefined)('recorded responses (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(readForms().filter(({ file }) => !failing(file)))('$file reads as a native client does', form => {
    const read: Record<string, unknown> = { ...normalOf(decodeFile(form.file)) }
    const expected: Record<string, unknown> = { ...expectedOf(form), ...pinned[form.file]?.expected }
    for (const field of Object.keys(pinned[form.file]?.expected ?? {})) read[field] = digest(read[field])
    expect(read).toEqual(expected)
  })

  const streams = recordings.filter(({ file }) => !file.endsWith('.json') && !failing(file))
  test.each(streams)('$file is the same however its bytes are cut, and passes unchanged', ({ file }) => {
    const bytes = readStream(file)
    const whole = decodeStream([bytes])
    const tapped = pass([bytes])
    for (const chunks of [cutByEvent(bytes), cut(bytes, 13), cut(bytes, 1)]) {
      expect(decodeStream(chunks)).toEqual(whole)
      const passed = pass(chunks)
      expect(passed.bytes.equals(tapped.bytes)).toBe(true)
      expect(passed.facts).toEqual(tapped.facts)
    }
    expect(bytes.toString().startsWith(tapped.bytes.toString().trimEnd())).toBe(true)
  })

  test.each(recordings.filter(({ file }) => failing(file)))('$file fails as it should', ({ file }) => {
    expect(failureOf(() => decodeFile(file))).toBe(pinned[file]?.failure)
  })

  test.each(recordings.filter(({ status }) => status >= 400))(
    '$file tells what went wrong',
    ({ file, status }) => {
      const body = readFileSync(`${shared}/fixtures/${file}`)
      expect(openAiResponses.decodeError({ status, headers: {}, body }).message).toBeTruthy()
    },
  )
})

function pass(chunks: readonly Buffer[]) {
  const tap = openAiResponses.openTap({ passUsage: true })
  const out: Buffer[] = []
  for (const chunk of chunks) {
    const passed = tap.push(chunk)
    if (passed !== null) out.push(passed)
  }
  out.push(tap.finish())
  return { bytes: Buffer.concat(out), facts: tap.facts }
}
