// A vendor that speaks Anthropic's messages. https://platform.claude.com/docs/en/api/messages

import {
  bodyOf,
  cut,
  demand,
  inputTokens,
  type Json,
  listIn,
  objectIn,
  outputTokens,
  textOf,
  type Wire,
} from './turn.ts'

const callId = 'toolu_anthropic01'
const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
}

function message(content: readonly Json[], stopReason: string | null): Json {
  return {
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  }
}

function event(type: string, fields: Json): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

/** The events of one block: its beginning, its pieces, its end. */
function block(index: number, start: Json, deltas: readonly Json[]): string[] {
  return [
    event('content_block_start', { index, content_block: start }),
    ...deltas.map(delta => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ]
}

export const anthropicWire: Wire = {
  read(request) {
    demand(request.headers['x-api-key'] === 'sk-vendor', 'the key is wrong')
    demand(typeof request.headers['anthropic-version'] === 'string', 'there is no version')
    const body = bodyOf(request)
    demand(Number.isSafeInteger(body['max_tokens']), 'max_tokens: Field required')
    const messages = listIn(body, 'messages')
    const content = messages.at(-1)?.['content']
    const result = listIn({ content }, 'content').find(({ type }) => type === 'tool_result')
    if (result !== undefined) {
      const calls = listIn(messages.at(-2), 'content').filter(({ type }) => type === 'tool_use')
      demand(
        calls.some(({ id }) => id === result['tool_use_id']),
        'the result is of no call',
      )
    }
    return {
      streaming: body['stream'] === true,
      question: textOf(content),
      tools: listIn(body, 'tools').map(({ name }) => String(name)),
      result: result === undefined ? null : textOf(result['content']),
      schema: objectIn(objectIn(body, 'output_config'), 'format')['type'] === 'json_schema',
    }
  },

  whole({ text, call }) {
    const said = text === '' ? [] : [{ type: 'text', text }]
    const called = call ? [{ type: 'tool_use', id: callId, name: call.name, input: call.arguments }] : []
    return message([...said, ...called], call ? 'tool_use' : 'end_turn')
  },

  stream({ text, call }) {
    const said = cut(text).map(piece => ({ type: 'text_delta', text: piece }))
    const texts = text === '' ? [] : block(0, { type: 'text', text: '' }, said)
    const written = cut(JSON.stringify(call?.arguments ?? {})).map(piece => ({
      type: 'input_json_delta',
      partial_json: piece,
    }))
    const use = { type: 'tool_use', id: callId, name: call?.name, input: {} }
    return [
      event('message_start', { message: message([], null) }),
      event('ping', {}),
      ...texts,
      ...(call ? block(texts.length > 0 ? 1 : 0, use, written) : []),
      event('message_delta', {
        delta: { stop_reason: call ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: outputTokens },
      }),
      event('message_stop', {}),
    ]
  },

  failure: (status, text) => ({
    type: 'error',
    error: { type: types[status] ?? 'api_error', message: text },
  }),
}
