// A vendor that speaks OpenAI's chat completions. https://platform.openai.com/docs/api-reference/chat

import { chunk, completion, doneMarker, usageChunk } from '../fake-upstream.ts'
import {
  bodyOf,
  cut,
  demand,
  inputTokens,
  listIn,
  objectIn,
  outputTokens,
  textOf,
  type Wire,
} from './turn.ts'

const usage = {
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
}
const callId = 'call_chat01'

export const chatWire: Wire = {
  read(request) {
    demand(request.headers.authorization === 'Bearer sk-vendor', 'the key is wrong')
    const body = bodyOf(request)
    const messages = listIn(body, 'messages')
    const last = messages.at(-1)
    const isResult = last?.['role'] === 'tool'
    if (isResult) {
      const caller = messages.findLast(({ role }) => role === 'assistant')
      const known = listIn(caller, 'tool_calls').some(({ id }) => id === last['tool_call_id'])
      demand(known, 'the result is of no call')
    }
    return {
      streaming: body['stream'] === true,
      question: textOf(messages.findLast(({ role }) => role === 'user')?.['content']),
      tools: listIn(body, 'tools').map(tool => String(objectIn(tool, 'function')['name'])),
      result: isResult ? textOf(last['content']) : null,
      schema: objectIn(body, 'response_format')['type'] === 'json_schema',
    }
  },

  whole({ text, call }) {
    const answer = completion(text, usage)
    if (call === undefined) return answer
    const made = {
      id: callId,
      type: 'function',
      function: { name: call.name, arguments: JSON.stringify(call.arguments) },
    }
    const message = { role: 'assistant', content: text === '' ? null : text, tool_calls: [made] }
    return { ...answer, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  },

  stream({ text, call }) {
    const piece = (fields: object) => chunk({ tool_calls: [{ index: 0, ...fields }] })
    const calls = call && [
      piece({ id: callId, type: 'function', function: { name: call.name, arguments: '' } }),
      ...cut(JSON.stringify(call.arguments)).map(part => piece({ function: { arguments: part } })),
    ]
    return [
      chunk({ role: 'assistant', content: '' }),
      ...cut(text).map(content => chunk({ content })),
      ...(calls ?? []),
      chunk({}, call ? 'tool_calls' : 'stop'),
      usageChunk.replace(/"usage":\{[^}]*\}/, `"usage":${JSON.stringify(usage)}`),
      doneMarker,
    ]
  },

  failure: (status, message) => ({
    error: { message, type: 'api_error', param: null, code: status === 429 ? 'rate_limit_exceeded' : null },
  }),
}
