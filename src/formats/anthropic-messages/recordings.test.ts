// Recorded messages: what a native client reads of them is what their neutral form says, whole or streamed, however the
// bytes are cut; and it still is after a way through the neutral form and back.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../../call.ts'
import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { parseToolArguments } from '../../conversation/tool-arguments.ts'
import { GatewayError } from '../../errors.ts'
import { eventStream } from '../framing/event-stream.ts'
import { cut } from '../normal-form.fixture.ts'
import { EventReader } from '../streams/event-reader.ts'
import { anthropicMessages } from './index.ts'
import { messageContext, openSchemas, readEvents } from './messages.fixture.ts'
import pinnedJson from './recordings.pinned.json' with { type: 'json' }

interface NormalForm {
  readonly file: string
  readonly api: string
  readonly stream: boolean
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly tool_calls: readonly { id: string; name: string; input: string }[]
    readonly finish_reason: { unified: string; raw: string } | null
    readonly usage: {
      readonly inputTokens: { total: number; noCache: number; cacheRead: number; cacheWrite: number }
      readonly outputTokens: { total: number; text?: number; reasoning?: number }
    } | null
  }
}

/** Recordings that read otherwise, each with its reason: `several` are the answers to several requests in one file. */
const pinned: Readonly<
  Record<
    string,
    { several?: boolean; compacted?: boolean; failure?: string; expected?: object; reason: string }
  >
> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const schemas = openSchemas(shared)

function listForms(): readonly NormalForm[] {
  const path = `${shared}/cases/normal_forms.json`
  if (shared === undefined || !existsSync(path)) return []
  return (JSON.parse(readFileSync(path, 'utf8')) as NormalForm[]).filter(({ api }) => api === 'messages')
}

function readRecording(file: string): Buffer {
  const bytes = readFileSync(`${shared}/fixtures/${file}`)
  if (!file.endsWith('.jsonl')) return bytes
  const lines = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
  const frame = (data: string) => ({ name: (JSON.parse(data) as { type: string }).type, data })
  return eventStream.frame(lines.map(frame))
}

function decodeStream(chunks: readonly Buffer[]): readonly CompletionEvent[] {
  const events: CompletionEvent[] = []
  const decoder = anthropicMessages.chat.openDecoder({ createId: () => 'id' }, event => events.push(event))
  const reader = new EventReader(eventStream, event => {
    decoder.push(event)
    return events.at(-1)?.type !== 'end'
  })
  for (const chunk of chunks) {
    const block = reader.split(chunk)
    if (block !== null) reader.read(block)
    if (events.at(-1)?.type === 'end') return events
  }
  const rest = reader.rest()
  if (rest !== null) reader.read(rest)
  decoder.finish()
  return events
}

const unified: Readonly<Record<string, string>> = {
  stop: 'stop',
  pause: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
}

/** A completion in the words of the normal forms. */
function normalize(completion: Completion) {
  const [choice] = completion.choices
  const parts = choice?.parts ?? []
  const join = (type: 'text' | 'reasoning') =>
    parts.map(part => (part.type === type ? (part as { text: string }).text : '')).join('')
  return {
    text: join('text'),
    reasoning: join('reasoning'),
    tool_calls: parts.flatMap(part =>
      part.type === 'tool_call'
        ? [{ id: part.id, name: part.name, input: parseToolArguments(part.arguments) }]
        : [],
    ),
    finish_reason: unified[choice?.finish.reason ?? ''],
    native: choice?.finish.native,
    usage: normalUsage(completion.usage),
  }
}

function normalUsage(usage: Usage | null) {
  if (usage === null) return null
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, outputText, outputReasoning } = usage
  const cacheWrite = cacheWrite5m + cacheWrite1h
  return {
    input: { total: inputUncached + cacheRead + cacheWrite, noCache: inputUncached, cacheRead, cacheWrite },
    output: { total: outputText + outputReasoning, reasoning: outputReasoning },
  }
}

function expectedOf({ expected }: NormalForm) {
  const { usage, finish_reason: finish } = expected
  return {
    text: expected.text,
    reasoning: expected.reasoning,
    tool_calls: expected.tool_calls.map(call => ({ ...call, input: JSON.parse(call.input) as unknown })),
    // The client that made these gives none for streams without a blank line at their end.
    ...(finish !== null && { finish_reason: finish.unified, native: finish.raw }),
    ...(usage !== null && {
      usage: {
        input: usage.inputTokens,
        output: { total: usage.outputTokens.total, reasoning: usage.outputTokens.reasoning ?? 0 },
      },
    }),
  }
}

const forms = listForms()
const whole = forms.filter(({ file }) => pinned[file]?.failure === undefined)
const single = whole.filter(({ file }) => pinned[file]?.several !== true)
const streams = whole.filter(({ stream }) => stream)
const messages = whole.filter(({ stream }) => !stream)

describe.skipIf(shared === undefined)('recorded messages (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(single)('$file reads as a native client reads it', form => {
    const bytes = readRecording(form.file)
    const completion = form.stream
      ? foldEvents(decodeStream([bytes]))
      : anthropicMessages.chat.decodeResponse(JSON.parse(bytes.toString()), { createId: () => 'id' })
    const pin = pinned[form.file]
    const read = normalize(completion)
    const text = pin?.compacted === true ? compactionOf(completion) + read.text : read.text
    expect({ ...read, text }).toMatchObject({ ...expectedOf(form), ...pin?.expected })
  })

  test.each(streams)('$file reads the same in any chunks', ({ file }) => {
    const bytes = readRecording(file)
    const events = decodeStream([bytes])
    for (const chunks of [cut(bytes, 13), cut(bytes, 1)]) expect(decodeStream(chunks)).toEqual(events)
  })

  test.each(streams)('$file is the same stream to another client', ({ file }) => {
    const events = decodeStream([readRecording(file)])
    const wire = readEvents(events, messageContext())
    for (const event of wire) schemas.event(event)
    const again = decodeStream([eventStream.frame(wire)])
    const { created: _created, ...folded } = foldEvents(again)
    expect({ ...normalize(folded), native: '' }).toEqual({ ...normalize(foldEvents(events)), native: '' })
    expect(folded.choices[0]?.parts).toEqual(spoken(foldEvents(events)))
  })

  test.each(messages)('$file is the same message to another client', ({ file }) => {
    const body: unknown = JSON.parse(readRecording(file).toString())
    const completion = anthropicMessages.chat.decodeResponse(body, { createId: () => 'id' })
    const message = anthropicMessages.chat.encodeResponse(completion, messageContext())
    schemas.message(message)
    const again = anthropicMessages.chat.decodeResponse(message, { createId: () => 'id' })
    expect({ ...normalize(again), native: '' }).toEqual({ ...normalize(completion), native: '' })
    expect(again.choices[0]?.parts).toEqual(spoken(completion))
  })

  test.each(streams)('$file passes through unchanged, and is read', ({ file }) => {
    const bytes = readRecording(file)
    const tap = anthropicMessages.openTap({ passUsage: true })
    const passed = [tap.push(bytes) ?? Buffer.alloc(0), tap.finish()]
    expect(bytes.indexOf(Buffer.concat(passed))).toBe(0)
    expect(tap.facts.finishReason).not.toBeNull()
    expect(tap.facts.usage).not.toBeNull()
  })

  test.each(forms.filter(({ file }) => pinned[file]?.failure !== undefined))('$file fails', ({ file }) => {
    expect(failureOf(() => decodeStream([readRecording(file)]))).toBe(pinned[file]?.failure)
  })

  test.each(errorRecordings())('$file is named by what is wrong', ({ file, status }) => {
    const body = readFileSync(`${shared}/fixtures/${file}`)
    const failure = anthropicMessages.decodeError({ status, headers: {}, body })
    expect(failure).toMatchObject(
      status === 404
        ? { code: 'upstream_model_not_found', param: 'model', upstreamCode: 'not_found_error' }
        : { code: 'upstream_invalid_request', upstreamCode: 'invalid_request_error' },
    )
    expect(failure.message).not.toBe('')
  })

  test.each(single.filter(({ stream }) => stream))('$file cut short is no success', ({ file }) => {
    const bytes = readRecording(file)
    const end = bytes.lastIndexOf('event: message_stop')
    expect(failureOf(() => decodeStream([bytes.subarray(0, end)]))).toBe('upstream_truncated')
  })
})

function failureOf(action: () => unknown): string | null {
  try {
    action()
    return null
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown.code : String(thrown)
  }
}

/** The parts of an answer without those that say nothing: they leave no trace on the wire. */
function spoken({ choices }: Completion) {
  return choices[0]?.parts.filter(
    part => part.type !== 'text' || part.text !== '' || part.citations !== undefined,
  )
}

function compactionOf({ choices }: Completion): string {
  const parts = choices[0]?.parts ?? []
  return parts.map(part => (part.type === 'opaque' ? String(part.value['content']) : '')).join('')
}

function errorRecordings(): readonly { file: string; status: number }[] {
  const manifest = `${shared}/fixtures/MANIFEST.tsv`
  if (shared === undefined || !existsSync(manifest)) return []
  return readFileSync(manifest, 'utf8')
    .split('\n')
    .map(line => line.split('\t'))
    .filter(([provider, , , , , , status]) => provider === 'anthropic' && Number(status) >= 400)
    .map(([, , , file = '', , , status]) => ({ file, status: Number(status) }))
}
