// Recorded answers of OpenAI-like providers, translated: what a client reads is what the providers' own clients read.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Completion } from '../../conversation/completion.ts'
import { EventFolder } from '../../conversation/fold-events.ts'
import { asGatewayError } from '../../errors.ts'
import type { ChatTranslation, DecodeContext, EncodeContext } from '../format.ts'
import { eventStream } from '../framing/event-stream.ts'
import { cut, cutByEvent } from '../normal-form.fixture.ts'
import { TranslatingTap } from '../streams/translating-tap.ts'
import { openAiChat } from './index.ts'
import pinnedJson from './recordings.pinned.json' with { type: 'json' }

interface NormalForm {
  readonly file: string
  readonly api: string
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly tool_calls: readonly { readonly name: string; readonly input: string; readonly id: string }[]
    readonly finish_reason: { readonly unified?: string } | null
    readonly usage: {
      readonly inputTokens: { readonly total?: number; readonly cacheRead?: number }
      readonly outputTokens: { readonly total?: number; readonly reasoning?: number }
    }
  }
}

interface Reading {
  readonly text: string
  readonly reasoning: string
  /** Name and input of each. */
  readonly calls: readonly (readonly unknown[])[]
  readonly finish: string
  readonly usage: readonly number[]
}

/** Recordings that are read otherwise, on purpose, each with its reason. */
const pinned: Readonly<Record<string, Partial<Reading> & { failure?: string; reason: string }>> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const path = `${shared}/cases/normal_forms.json`
const forms = shared && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as NormalForm[]) : []
const chats = forms.filter(({ api }) => api === 'chat' || api === 'chat_compat')

const chat = openAiChat.chat as ChatTranslation
const context: DecodeContext = { createId: () => 'made' }
const encoding: EncodeContext<never> = {
  asked: {
    model: 'm',
    streaming: true,
    messages: [],
    tools: [],
    sampling: {},
    wantsStreamUsage: true,
  } as never,
  id: 'x',
  created: 1,
  inputTokens: 1,
  createId: () => 'made',
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

/** The bytes that a client gets of a stream that is translated to the format that it came in. */
function translate(chunks: readonly Buffer[]): Buffer {
  const tap = new TranslatingTap({
    from: eventStream,
    to: eventStream,
    openDecoder: emit => chat.openDecoder(context, emit),
    openEncoder: write => chat.openEncoder(encoding, write),
  })
  const out: Buffer[] = []
  for (const chunk of chunks) out.push(tap.push(chunk) ?? Buffer.alloc(0))
  out.push(tap.finish())
  return Buffer.concat(out)
}

function decodeStream(bytes: Buffer): Completion {
  const folder = new EventFolder()
  const decoder = chat.openDecoder(context, event => folder.push(event))
  const splitter = eventStream.openSplitter()
  for (const block of [splitter.push(bytes), splitter.end()])
    for (const { name, data } of block?.events ?? [])
      if (data !== null) decoder.push({ name, data: Buffer.from(data, 'latin1').toString() })
  decoder.finish()
  return folder.completion()
}

const finishes: Readonly<Record<string, string>> = {
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'stop',
  unknown: 'stop',
}

function expectedReading({ file, expected }: NormalForm): Reading {
  const { text, reasoning, tool_calls: calls, finish_reason: finish, usage } = expected
  const told = finish?.unified ?? 'stop'
  const { reason: _reason, failure: _failure, ...deviation } = pinned[file] ?? { reason: '' }
  const { inputTokens, outputTokens } = usage
  return {
    text,
    reasoning,
    calls: calls.map(({ name, input }) => [name, parse(input)]),
    finish: finishes[told] ?? told,
    usage: [
      inputTokens.total ?? 0,
      inputTokens.cacheRead ?? 0,
      outputTokens.total ?? 0,
      outputTokens.reasoning ?? 0,
    ],
    ...deviation,
  }
}

function readCompletion({ choices, usage }: Completion): Reading {
  const [first] = choices
  const textOf = (type: string): string =>
    first?.parts.flatMap(part => (part.type === type && 'text' in part ? part.text : [])).join('') ?? ''
  const calls = first?.parts.filter(part => part.type === 'tool_call') ?? []
  return {
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    calls: calls.map(({ name, arguments: input }) => [name, parse(input)]),
    finish: first?.finish.reason ?? '',
    usage:
      usage === null
        ? [0, 0, 0, 0]
        : [
            usage.inputUncached +
              usage.cacheRead +
              usage.cacheWrite5m +
              usage.cacheWrite1h +
              usage.audioInput,
            usage.cacheRead,
            usage.outputText + usage.outputReasoning + usage.audioOutput,
            usage.outputReasoning,
          ],
  }
}

function parse(input: string): unknown {
  try {
    return JSON.parse(input)
  } catch {
    return input
  }
}

function failureOf(action: () => unknown): string {
  try {
    action()
    return 'none'
  } catch (thrown) {
    return asGatewayError(thrown).code
  }
}

describe.skipIf(shared === undefined)('recorded answers (skipped: LLM_PROXY_SHARED is not set)', () => {
  test.each(chats.filter(({ file }) => file.endsWith('.json')))('$file', form => {
    const body: unknown = JSON.parse(readFileSync(`${shared}/fixtures/${form.file}`, 'utf8'))
    const failure = pinned[form.file]?.failure
    if (failure !== undefined) {
      expect(failureOf(() => chat.decodeResponse(body, context))).toBe(failure)
      return
    }
    const completion = chat.decodeResponse(body, context)
    expect(readCompletion(completion)).toEqual(expectedReading(form))
    const again = chat.decodeResponse(chat.encodeResponse(completion, encoding), context)
    expect(readCompletion(again)).toEqual(readCompletion(completion))
  })
})

describe.skipIf(shared === undefined)('recorded streams (skipped: LLM_PROXY_SHARED is not set)', () => {
  test.each(chats.filter(({ file }) => !file.endsWith('.json')))('$file', form => {
    const bytes = readStream(form.file)
    const chunkings = [[bytes], cutByEvent(bytes), cut(bytes, 13), cut(bytes, 1)]
    const failure = pinned[form.file]?.failure
    if (failure !== undefined) {
      for (const chunks of chunkings) expect(failureOf(() => translate(chunks))).toBe(failure)
      return
    }
    const expected = expectedReading(form)
    expect(readCompletion(decodeStream(bytes))).toEqual(expected)
    const [whole = Buffer.alloc(0), ...others] = chunkings.map(translate)
    for (const other of others) expect(other.equals(whole)).toBe(true)
    expect(readCompletion(decodeStream(whole))).toEqual(expected)
    expect(whole.toString().match(/data: \[DONE\]/g)).toHaveLength(1)
  })
})
