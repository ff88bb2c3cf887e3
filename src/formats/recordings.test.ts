// Recorded answers of OpenAI-like providers: what a client reads must not change on the way, however the bytes are cut.

import { existsSync, readFileSync } from 'node:fs'
import { createParser } from 'eventsource-parser'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { formats } from './index.ts'
import { cut, cutByEvent } from './normal-form.fixture.ts'
import pinnedJson from './recordings.pinned.json' with { type: 'json' }

type Json = Record<string, unknown>

interface Recording {
  readonly file: string
  readonly format: string
  readonly status: number
}

/** Recordings that come out otherwise than they went in, each with its reason. */
const pinned: Readonly<Record<string, { failure?: string; usage?: object; reason: string }>> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const formatOfApi: Readonly<Record<string, string>> = {
  chat: 'openai-chat',
  chat_compat: 'openai-chat',
  completions: 'openai-completions',
  embeddings: 'openai-embeddings',
}

function listRecordings(): Recording[] {
  const manifest = `${shared}/fixtures/MANIFEST.tsv`
  if (shared === undefined || !existsSync(manifest)) return []
  return readFileSync(manifest, 'utf8')
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'))
    .map(([, api = '', , file = '', , , status]) => ({
      file,
      format: formatOfApi[api] ?? '',
      status: Number(status),
    }))
    .filter(recording => recording.format !== '')
}

/** The bytes as the provider sent them: the recorders took the framing off some. */
function readStream(file: string): Buffer {
  const bytes = readFileSync(`${shared}/fixtures/${file}`)
  if (file.endsWith('.sse')) return bytes
  const lines = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
  return Buffer.from(`${lines.map(line => `data: ${line}\n\n`).join('')}data: [DONE]\n\n`)
}

/** What a client makes of a stream: for each choice its text, reasoning, calls and reason to end. */
function readAsClient(stream: Buffer) {
  const choices: Record<
    string,
    { text: string; reasoning: string; refusal: string; calls: Json[]; finish: unknown }
  > = {}
  const usages: unknown[] = []
  let vendorUsage: unknown = null
  const parser = createParser({
    onEvent({ data }) {
      if (data.trim() === '[DONE]') return
      const chunk = JSON.parse(data) as Json
      if (chunk['usage']) usages.push(chunk['usage'])
      vendorUsage = (chunk['x_groq'] as Json | undefined)?.['usage'] ?? vendorUsage
      for (const choice of (chunk['choices'] as Json[] | undefined) ?? []) readChoice(choice)
    },
  })
  const readChoice = (choice: Json) => {
    const key = JSON.stringify(choice['index'] ?? 0)
    choices[key] ??= { text: '', reasoning: '', refusal: '', calls: [], finish: null }
    const seen = choices[key]
    const delta = (choice['delta'] ?? {}) as Json
    seen.text += JSON.stringify(delta['content'] ?? choice['text'] ?? '')
    seen.reasoning += JSON.stringify(delta['reasoning_content'] ?? delta['reasoning'] ?? '')
    seen.refusal += (delta['refusal'] as string | null | undefined) ?? ''
    for (const call of (delta['tool_calls'] as Json[] | null | undefined) ?? []) {
      const { index: _index, ...rest } = call
      seen.calls.push(rest)
    }
    seen.finish ??= choice['finish_reason'] ?? null
  }
  parser.feed(`${stream.toString()}\n\n`)
  return { choices, usage: usages.at(-1) ?? vendorUsage, usages: usages.length }
}

function saysSomething(choice: { text: string; reasoning: string; refusal: string; calls: Json[] }): boolean {
  return choice.calls.length > 0 || /[^"]/.test(choice.text + choice.reasoning + choice.refusal)
}

function pass(recording: Recording, chunks: readonly Buffer[]) {
  const tap = formats[recording.format]?.openTap({ passUsage: true })
  if (tap === undefined) throw new Error(`There is no format ${recording.format}.`)
  const out: Buffer[] = []
  for (const chunk of chunks) {
    const passed = tap.push(chunk)
    if (passed !== null) out.push(passed)
  }
  out.push(tap.finish())
  return { bytes: Buffer.concat(out), facts: tap.facts, started: tap.started }
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
const streams = recordings.filter(({ file }) => !file.endsWith('.json'))
const answers = recordings.filter(({ file }) => file.endsWith('.json'))

describe.skipIf(shared === undefined)('recorded streams (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(streams)('$file', recording => {
    const bytes = readStream(recording.file)
    const chunkings = [[bytes], cutByEvent(bytes), cut(bytes, 13), cut(bytes, 1)]
    const failure = pinned[recording.file]?.failure
    if (failure !== undefined) {
      for (const chunks of chunkings) expect(failureOf(() => pass(recording, chunks))).toBe(failure)
      return
    }
    const whole = pass(recording, [bytes])
    for (const chunks of chunkings.slice(1)) {
      const passed = pass(recording, chunks)
      expect(passed.bytes.equals(whole.bytes)).toBe(true)
      expect(passed.facts).toEqual(whole.facts)
    }
    const direct = readAsClient(bytes)
    const client = readAsClient(whole.bytes)
    expect(client.usages).toBeLessThanOrEqual(1)
    expect({ ...client, usages: 0 }).toEqual({ ...direct, usages: 0 })
    expect(whole.bytes.toString()).toMatch(/data: \[DONE\]\n\n$/)
    expect(whole.started).toBe(Object.values(client.choices).some(saysSomething))
  })
})

describe.skipIf(shared === undefined)('recorded answers (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(answers)('$file ($status)', ({ file, format, status }) => {
    const body = readFileSync(`${shared}/fixtures/${file}`)
    const read = formats[format]
    const failure = pinned[file]?.failure
    if (status >= 400) {
      const told = read?.decodeError({ status, headers: {}, body })
      expect(told?.message).toBeTruthy()
      expect(told?.code).toMatch(/^upstream_|^content_filter$/)
    } else if (failure !== undefined) expect(failureOf(() => read?.readAnswer(body))).toBe(failure)
    else expect(read?.readAnswer(body).usage).not.toBeNull()
  })
})

interface NormalForm {
  file: string
  api: string
  expected: {
    usage: {
      inputTokens: { total?: number; noCache?: number; cacheRead?: number }
      outputTokens: { total?: number; text?: number; reasoning?: number }
    }
  }
}

function normalUsage(usage: Usage | null) {
  const input = usage && usage.inputUncached + usage.audioInput + usage.cacheWrite5m + usage.cacheWrite1h
  const text = usage && usage.outputText + usage.audioOutput
  return {
    inputTokens: {
      total: input === null ? 0 : input + (usage?.cacheRead ?? 0),
      cacheRead: usage?.cacheRead ?? 0,
    },
    outputTokens: {
      total: (text ?? 0) + (usage?.outputReasoning ?? 0),
      reasoning: usage?.outputReasoning ?? 0,
    },
  }
}

describe.skipIf(shared === undefined)(
  'usage as other clients read it (LLM_PROXY_SHARED is not set: skipped)',
  () => {
    const path = `${shared}/cases/normal_forms.json`
    const forms = shared && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as NormalForm[]) : []
    const known = new Map(recordings.map(recording => [recording.file, recording]))

    test.each(forms.filter(({ file, api }) => api in formatOfApi && pinned[file]?.failure === undefined))(
      '$file',
      form => {
        const recording = known.get(form.file)
        if (recording === undefined) throw new Error('The recording is not in the manifest.')
        const facts = form.file.endsWith('.json')
          ? formats[recording.format]?.readAnswer(readFileSync(`${shared}/fixtures/${form.file}`))
          : pass(recording, [readStream(form.file)]).facts
        const { inputTokens, outputTokens } = form.expected.usage
        const expected = {
          inputTokens: { total: inputTokens.total ?? 0, cacheRead: inputTokens.cacheRead ?? 0 },
          outputTokens: { total: outputTokens.total ?? 0, reasoning: outputTokens.reasoning ?? 0 },
        }
        expect(normalUsage(facts?.usage ?? null)).toEqual(pinned[form.file]?.usage ?? expected)
      },
    )
  },
)
