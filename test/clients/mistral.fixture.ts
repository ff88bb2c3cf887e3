// One answer as three vendors stream it: a thought, a text, and two calls of a tool, in pieces.

import { chunk, doneMarker, usageChunk } from '../support/fake-upstream.ts'

const model = 'test-model'

const piece = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] })
export const openAiStream = [
  chunk({ role: 'assistant', reasoning_content: 'Let me ' }),
  chunk({ reasoning_content: 'think.' }),
  chunk({ content: 'I look.' }),
  piece(0, { id: 'a', type: 'function', function: { name: 'look', arguments: '' } }),
  piece(0, { function: { arguments: '{"city":' } }),
  piece(1, { id: 'b', type: 'function', function: { name: 'look', arguments: '' } }),
  piece(0, { function: { arguments: '"Rio"}' } }),
  piece(1, { function: { arguments: '{"city":"Lima"}' } }),
  chunk({}, 'tool_calls'),
  usageChunk,
  doneMarker,
]

const event = (type: string, fields: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
export const usage = { input_tokens: 3, output_tokens: 4 }
const block = (index: number, start: object, ...deltas: object[]) => [
  event('content_block_start', { index, content_block: start }),
  ...deltas.map(delta => event('content_block_delta', { index, delta })),
  event('content_block_stop', { index }),
]
const calling = (index: number, id: string, city: string) =>
  block(
    index,
    { type: 'tool_use', id, name: 'look', input: {} },
    { type: 'input_json_delta', partial_json: '{"city":' },
    { type: 'input_json_delta', partial_json: `"${city}"}` },
  )
export const anthropicStream = [
  event('message_start', {
    message: { id: 'm', type: 'message', role: 'assistant', model, content: [], usage },
  }),
  ...block(
    0,
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'Let me ' },
    { type: 'thinking_delta', thinking: 'think.' },
    { type: 'signature_delta', signature: 'proof' },
  ),
  ...block(1, { type: 'text', text: '' }, { type: 'text_delta', text: 'I look.' }),
  ...calling(2, 'a', 'Rio'),
  ...calling(3, 'b', 'Lima'),
  event('message_delta', { delta: { stop_reason: 'tool_use' }, usage }),
  event('message_stop'),
]

const cohereCall = (index: number, id: string, city: string) => [
  event('tool-call-start', {
    index,
    delta: { message: { tool_calls: { id, type: 'function', function: { name: 'look', arguments: '' } } } },
  }),
  ...['{"city":', `"${city}"}`].map(text =>
    event('tool-call-delta', {
      index,
      delta: { message: { tool_calls: { function: { arguments: text } } } },
    }),
  ),
  event('tool-call-end', { index }),
]
export const cohereStream = [
  event('message-start', { id: 'c', delta: { message: { role: 'assistant' } } }),
  event('content-start', {
    index: 0,
    delta: { message: { content: { type: 'thinking', thinking: '' } } },
  }),
  event('content-delta', { index: 0, delta: { message: { content: { thinking: 'Let me think.' } } } }),
  event('content-end', { index: 0 }),
  event('content-start', { index: 1, delta: { message: { content: { type: 'text', text: '' } } } }),
  event('content-delta', { index: 1, delta: { message: { content: { text: 'I look.' } } } }),
  event('content-end', { index: 1 }),
  ...cohereCall(0, 'a', 'Rio'),
  ...cohereCall(1, 'b', 'Lima'),
  event('message-end', {
    delta: { finish_reason: 'TOOL_CALL', usage: { tokens: usage, billed_units: usage } },
  }),
]
