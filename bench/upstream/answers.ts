// What the mock upstream says: a chat completion of about 1 kB, and the events of a stream of the same chat.
// Without quotes, dollars or backslashes in the text, so that it can stand in a configuration of nginx.

import { firstContentMark } from '../requests/marks.ts'

const model = 'gpt-4o-mini'

const text =
  `${firstContentMark}. The loop reads each line, splits it at the first colon and keeps what follows. ` +
  'A line without a colon is a name without a value, and an empty line ends the record. ' +
  'What is easy to miss is the last record: a file may end without an empty line, so the reader has to hand out ' +
  'what it holds once the input is over. The test with the cut file shows that; it fails before the change and ' +
  'passes after it. I left the public names as they were, so that callers need not change anything.'

/** The body of every answer that is not streamed. */
export const completion = JSON.stringify({
  id: 'chatcmpl-BenchmarkBenchmarkBenchmark0',
  object: 'chat.completion',
  created: 1_760_000_000,
  model,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: text, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 312,
    completion_tokens: 104,
    total_tokens: 416,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: 'default',
  system_fingerprint: 'fp_0123456789',
})

const words = text.split(' ')

/** The content of the chunk with this number, from 0. */
export function contentOf(chunk: number): string {
  return `${chunk === 0 ? '' : ' '}${words[chunk % words.length]}`
}

function event(choices: unknown[], rest: object = {}): Buffer {
  const data = {
    id: 'chatcmpl-BenchmarkBenchmarkBenchmark0',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_0123456789',
    choices,
    ...rest,
  }
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`)
}

const choice = (delta: object, finish: string | null = null) => ({
  index: 0,
  delta,
  logprobs: null,
  finish_reason: finish,
})

const contentEvents = words.map((_, chunk) => event([choice({ content: contentOf(chunk) })]))
const firstEvent = event([choice({ content: contentOf(0) })])
const roleEvent = event([choice({ role: 'assistant', content: '', refusal: null })])

/** Role and first content, as they come from an upstream in one piece. */
export const streamHead = Buffer.concat([roleEvent, firstEvent])

/** About 230 bytes each. */
export function contentEvent(chunk: number): Buffer {
  const found = chunk === 0 ? firstEvent : contentEvents[chunk % contentEvents.length]
  if (found === undefined) throw new RangeError('no such chunk')
  return found
}

/** End of the text, the usage if it was asked for, the end mark. */
export function streamTail(options: { chunks: number; withUsage: boolean }): Buffer {
  const usage = {
    prompt_tokens: 312,
    completion_tokens: options.chunks,
    total_tokens: 312 + options.chunks,
    prompt_tokens_details: { cached_tokens: 0 },
  }
  return Buffer.concat([
    event([choice({}, 'stop')]),
    options.withUsage ? event([], { usage }) : Buffer.alloc(0),
    Buffer.from('data: [DONE]\n\n'),
  ])
}
