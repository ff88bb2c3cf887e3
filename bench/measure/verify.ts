// A subject is measured only while its answers are right: asked before and after, plain and streamed.

import { isDeepStrictEqual } from 'node:util'
import type { Target } from '../load/request.ts'
import { bodySizes, createAnthropicStreams, createBody } from '../requests/bodies.ts'
import { SubjectError } from '../subjects/subject.ts'
import { completion, contentOf } from '../upstream/answers.ts'

interface Json {
  readonly [name: string]: unknown
}

async function ask(target: Target, body: string): Promise<string> {
  const url = `http://${target.host}:${target.port}${target.path}`
  const headers = { 'content-type': 'application/json', ...target.headers }
  const signal = AbortSignal.timeout(10_000)
  const response = await fetch(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
    throw new SubjectError(`does not answer: ${String(error)}`)
  })
  const text = await response.text()
  if (response.status !== 200)
    throw new SubjectError(`answers with status ${response.status}: ${text.slice(0, 300)}`)
  return text
}

/** Throws a SubjectError unless a chat of every size gets the upstream's answer. */
export async function verifyPlain(target: Target): Promise<void> {
  for (const size of bodySizes) {
    const text = await ask(target, createBody(size, { seed: 1, stream: false }))
    const answer = essenceOf(parse(text))
    const expected = essenceOf(parse(completion))
    if (!isDeepStrictEqual(answer, expected))
      throw new SubjectError(`changes the answer: ${JSON.stringify(answer).slice(0, 300)}`)
  }
}

/** The same for an answer that was translated into Anthropic's format. */
export async function verifyAnthropic(target: Target, body: string): Promise<void> {
  const answer = parse(await ask(target, body))
  const expected = parse(completion)
  const blocks = Array.isArray(answer['content']) ? (answer['content'] as Json[]) : []
  const choices = Array.isArray(expected['choices']) ? (expected['choices'] as Json[]) : []
  const text = blocks.map(block => asText(block['text'])).join('')
  if (text !== asObject(choices[0]?.['message'])['content'] || answer['stop_reason'] !== 'end_turn')
    throw new SubjectError(`changes the answer: ${JSON.stringify(answer).slice(0, 300)}`)
  const counts = asObject(answer['usage'])
  const usage = asObject(expected['usage'])
  if (
    counts['input_tokens'] !== usage['prompt_tokens'] ||
    counts['output_tokens'] !== usage['completion_tokens']
  )
    throw new SubjectError(`changes the usage: ${JSON.stringify(counts)}`)
}

/** What a client acts on; a gateway may put its own id or time around it. */
function essenceOf(answer: Json): unknown {
  const choices = Array.isArray(answer['choices']) ? (answer['choices'] as Json[]) : []
  const usage = asObject(answer['usage'])
  return {
    choices: choices.map(choice => {
      const message = asObject(choice['message'])
      return [message['role'], message['content'], choice['finish_reason']]
    }),
    usage: [usage['prompt_tokens'], usage['completion_tokens'], usage['total_tokens']],
  }
}

/** Throws a SubjectError unless a stream has all its content, in order, and its end. */
export async function verifyStream(target: Target, chunks: number): Promise<void> {
  const [size] = bodySizes
  if (size === undefined) return
  const text = await ask(target, createBody(size, { seed: 1, stream: true }))
  const events = readEvents(text)
  const content = events.map(event => {
    const choices = Array.isArray(event['choices']) ? (event['choices'] as Json[]) : []
    return asText(asObject(choices[0]?.['delta'])['content'])
  })
  compareContent(content.join(''), chunks)
  if (!text.includes('[DONE]')) throw new SubjectError('streams without the end mark')
}

/** The same for a stream that was translated into Anthropic's format. */
export async function verifyAnthropicStream(target: Target, chunks: number): Promise<void> {
  const text = await ask(target, createAnthropicStreams()[0] ?? '')
  const content = readEvents(text).map(event => asText(asObject(event['delta'])['text']))
  compareContent(content.join(''), chunks)
  if (!text.includes('message_stop')) throw new SubjectError('streams without the end mark')
}

function compareContent(content: string, chunks: number): void {
  const expected = Array.from({ length: chunks }, (_, chunk) => contentOf(chunk)).join('')
  if (content !== expected)
    throw new SubjectError(`changes the content of a stream: ${content.slice(0, 200)}`)
}

function readEvents(text: string): Json[] {
  const lines = text.split('\n').filter(line => line.startsWith('data:'))
  return lines
    .map(line => line.slice(5).trim())
    .filter(data => data !== '[DONE]')
    .map(parse)
}

function parse(text: string): Json {
  try {
    return asObject(JSON.parse(text))
  } catch {
    throw new SubjectError(`answers with something else than JSON: ${text.slice(0, 300)}`)
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
