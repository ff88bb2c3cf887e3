// What an upstream that speaks the Responses API answers.

import { answerJson, type Behaviour } from './fake-upstream.ts'

export type Json = Record<string, unknown>

export interface Answered {
  readonly id: string
  readonly output: readonly object[]
}

export const message = (text: string, id = 'msg_up') => ({
  id,
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})

export const thought = (encrypted: string) => ({
  id: 'rs_up',
  type: 'reasoning',
  summary: [],
  encrypted_content: encrypted,
})

export function response({ id, output }: Answered, more: Json = {}): Json {
  return {
    id,
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: 'gpt-5',
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: {
      input_tokens: 7,
      input_tokens_details: { cached_tokens: 2 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 10,
    },
    ...more,
  }
}

/** Answers every request with this response. */
export const answer = (answered: Answered, more: Json = {}): Behaviour =>
  answerJson(200, response(answered, more))

/** The events of a stream of it, framed. */
export function events(answered: Answered): string[] {
  const whole = response(answered)
  const begun = { ...whole, status: 'in_progress', output: [] }
  const [item] = answered.output as Json[]
  const place = { item_id: item?.['id'], output_index: 0, content_index: 0 }
  const list: Json[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    {
      type: 'response.content_part.added',
      ...place,
      part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
    },
    { type: 'response.output_text.delta', ...place, delta: 'Hel', logprobs: [] },
    { type: 'response.output_text.delta', ...place, delta: 'lo', logprobs: [] },
    { type: 'response.output_text.done', ...place, text: 'Hello', logprobs: [] },
    { type: 'response.content_part.done', ...place, part: message('Hello').content[0] },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: whole },
  ]
  return list.map(
    (event, index) =>
      `event: ${String(event['type'])}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`,
  )
}
