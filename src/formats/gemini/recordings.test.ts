// Recorded answers of Google's two addresses: what a native client reads of each is what we read, however the bytes
// are cut.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../../call.ts'
import type { Completion } from '../../conversation/completion.ts'
import { EventFolder } from '../../conversation/fold-events.ts'
import { GatewayError } from '../../errors.ts'
import { cut, cutByEvent } from '../normal-form.fixture.ts'
import { EventReader } from '../streams/event-reader.ts'
import { gemini } from './index.ts'
import pinnedJson from './recordings.pinned.json' with { type: 'json' }

interface NormalForm {
  readonly file: string
  readonly api: string
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly tool_calls: readonly { readonly name: string; readonly input: string }[]
    readonly finish_reason: { readonly unified: string }
    readonly usage: {
      readonly inputTokens: { readonly total?: number; readonly cacheRead?: number }
      readonly outputTokens: { readonly total?: number; readonly reasoning?: number }
    }
  }
}

interface Pinned {
  /** The code with which the answer is refused. */
  readonly failure?: string
  /** What is read otherwise than the normal form says. */
  readonly read?: Record<string, unknown>
  readonly reason: string
}

const pinned: Readonly<Record<string, Pinned>> = pinnedJson
const shared = process.env['LLM_PROXY_SHARED']

function listForms(): readonly NormalForm[] {
  const path = `${shared}/cases/normal_forms.json`
  if (shared === undefined || !existsSync(path)) return []
  const forms = JSON.parse(readFileSync(path, 'utf8')) as NormalForm[]
  return forms.filter(({ file, api }) => /^(?:gemini|vertex)\//.test(file) && api === 'generateContent')
}

/** The bytes as the provider sent them: the recorders took the framing off some. */
function readStream(file: string): Buffer {
  const bytes = readFileSync(`${shared}/fixtures/${file}`)
  if (file.endsWith('.sse')) return bytes
  const lines = bytes.toString().split('\n')
  return Buffer.from(
    lines
      .filter(line => line.trim() !== '')
      .map(line => `data: ${line}\r\n\r\n`)
      .join(''),
  )
}

function contextOf() {
  let ids = 0
  return { createId: () => String(ids++) }
}

function decodeStream(chunks: readonly Buffer[]): Completion {
  const folder = new EventFolder()
  const decoder = gemini.chat.openDecoder(contextOf(), event => folder.push(event))
  const reader = new EventReader(gemini.framing, event => {
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
  return folder.completion()
}

function chunkings(bytes: Buffer): readonly (readonly Buffer[])[] {
  // One byte at a time is slow for the recordings that hold images.
  const smallest = bytes.length > 500_000 ? 997 : 1
  return [[bytes], cutByEvent(bytes), cut(bytes, Math.max(13, smallest)), cut(bytes, smallest)]
}

function readingsOf(file: string): readonly (() => Completion)[] {
  if (!file.endsWith('.json')) return chunkings(readStream(file)).map(chunks => () => decodeStream(chunks))
  const body: unknown = JSON.parse(readFileSync(`${shared}/fixtures/${file}`, 'utf8'))
  return [() => gemini.chat.decodeResponse(body, contextOf())]
}

function normalUsage(usage: Usage | null) {
  const { inputUncached = 0, cacheRead = 0, audioInput = 0 } = usage ?? {}
  const { outputText = 0, outputReasoning = 0, audioOutput = 0 } = usage ?? {}
  return {
    input: inputUncached + cacheRead + audioInput,
    cacheRead,
    output: outputText + outputReasoning + audioOutput,
    reasoning: outputReasoning,
  }
}

function normalOf({ choices, usage }: Completion) {
  const parts = choices[0]?.parts ?? []
  return {
    text: parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
    reasoning: parts.map(part => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: parts.flatMap(part =>
      part.type === 'tool_call' ? [{ name: part.name, input: JSON.parse(part.arguments) as unknown }] : [],
    ),
    finish: choices[0]?.finish.reason,
    usage: normalUsage(usage),
  }
}

const finishes: Readonly<Record<string, string>> = {
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
}

function expectedOf({ expected }: NormalForm) {
  const { inputTokens, outputTokens } = expected.usage
  const { unified } = expected.finish_reason
  return {
    text: expected.text,
    reasoning: expected.reasoning,
    calls: expected.tool_calls.map(({ name, input }) => ({ name, input: JSON.parse(input) as unknown })),
    finish: finishes[unified] ?? unified,
    usage: {
      input: inputTokens.total ?? 0,
      cacheRead: inputTokens.cacheRead ?? 0,
      output: outputTokens.total ?? 0,
      reasoning: outputTokens.reasoning ?? 0,
    },
  }
}

function failureOf(action: () => unknown): string {
  try {
    action()
    return 'none'
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.code
    throw thrown
  }
}

describe.skipIf(shared === undefined)('recordings (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(listForms())('$file', form => {
    const pin = pinned[form.file]
    for (const read of readingsOf(form.file)) {
      if (pin?.failure !== undefined) expect(failureOf(read)).toBe(pin.failure)
      else expect(normalOf(read())).toEqual({ ...expectedOf(form), ...pin?.read })
    }
  })
})

interface Failure {
  readonly file: string
  readonly status: number
}

function listFailures(): readonly Failure[] {
  const path = `${shared}/fixtures/MANIFEST.tsv`
  if (shared === undefined || !existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .map(line => line.split('\t'))
    .filter(
      ([provider = '', , , file = '']) => /^(?:gemini|vertex)$/.test(provider) && file.endsWith('.json'),
    )
    .map(([, , , file = '', , , status]) => ({ file, status: Number(status) }))
    .filter(({ status }) => status >= 400)
}

describe.skipIf(shared === undefined)('recorded errors (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(listFailures())('$status: $file', ({ file, status }) => {
    const body = readFileSync(`${shared}/fixtures/${file}`)
    const failure = gemini.decodeError({ status, headers: {}, body })
    expect(failure.message).not.toMatch(/gave no reason/)
    expect(failure.upstreamCode).toMatch(/^[A-Z_]+$/)
    const expected: Record<number, string> = {
      403: 'upstream_authentication',
      404: 'upstream_model_not_found',
      429: 'upstream_rate_limited',
    }
    const code = file.includes('context-cache-not-found') ? 'upstream_invalid_request' : expected[status]
    expect(failure.code).toMatch(code ?? /^upstream_(?:invalid_request|authentication)$/)
  })
})
