// Parts of requests of another gateway's translator tests. Each is put into a minimal whole request, and what the source
// makes of it into the minimal native request around it, so that the two are compared as whole requests are.

import { formatOfApi, isJson, type RequestCase, translatorRows } from './cases.ts'
import { geminiParts } from './gemini-parts.ts'
import { type Json, listAt, objectAt, textAt } from './json.ts'
import { chatTool, fromChat, parameters, toolResult, user, type Whole, type Wrap } from './part-frames.ts'
import { blocksOf, clientMessage, unionValue } from './source-language.ts'

/* Anthropic */

const limit = { max_tokens: 100 }

const anthropicTools: Wrap = row => {
  const choice = row.fields['expectedToolChoice']
  return fromChat(row, {
    model: 'claude-sonnet-4-5',
    asked: { ...limit, ...(row.part as Json) },
    expected: {
      ...limit,
      messages: [user],
      tools: ((row.expected ?? []) as Json[]).map(anthropicTool),
      tool_choice: isJson(choice) ? namedChoice(choice, row.part) : null,
    },
  })
}

/** Constants are left out there: a choice without a type is of the kind that was asked for. */
function namedChoice(choice: Json, asked: unknown): Json {
  const kind = 'name' in choice ? 'tool' : textAt(asked, 'tool_choice')
  return { type: kind, ...choice }
}

function anthropicTool({ description, input_schema: schema, ...tool }: Json): Json {
  const { type, extra_fields: extra, ...rest } = (schema ?? {}) as Json
  return {
    ...tool,
    ...(description !== '' && { description }),
    input_schema: { type: type === undefined || type === '' ? 'object' : type, ...rest, ...(extra as Json) },
  }
}

const anthropicMessages: Wrap = row => {
  const turns = row.part as Json[]
  const expected = (row.expected ?? []) as Json[]
  const system = listAt(row.fields, 'expectedSystemBlocks').map(block => ({ type: 'text', ...block }))
  const results = turns.filter(({ role }) => role === 'tool').map(turn => textAt(turn, 'tool_call_id'))
  const calls = turns.flatMap(turn => listAt(turn, 'tool_calls'))
  const called = results.map(id => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }))
  const use = results.map(id => ({ type: 'tool_use', id, name: 'f', input: {} }))
  const done = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'done' }))
  return fromChat(row, {
    model: 'claude-sonnet-4-5',
    asked: {
      ...limit,
      messages: [
        user,
        ...(called.length === 0 ? [] : [{ role: 'assistant', tool_calls: called }]),
        ...turns,
        ...calls.map(toolResult),
        user,
      ],
    },
    expected: {
      ...limit,
      ...(system.length > 0 && { system }),
      messages: [
        user,
        ...(use.length === 0 ? [] : [{ role: 'assistant', content: use }]),
        ...expected.filter(({ content }) => !Array.isArray(content) || content.length > 0),
        ...(done.length === 0 ? [] : [{ role: 'user', content: done }]),
        user,
      ],
    },
  })
}

const anthropicEffort: Wrap = row => {
  const { model, max_completion_tokens: most, messages } = row.part as Json
  const effort = row.expected === '' ? null : { effort: row.expected }
  return fromChat(row, {
    model: String(model),
    asked: row.part as Json,
    expected: { max_tokens: most, messages, output_config: effort },
  })
}

const anthropicContent: Wrap = row =>
  fromChat(row, {
    model: 'claude-sonnet-4-5',
    asked: { ...limit, messages: [user, { role: 'user', content: row.part }] },
    expected: { ...limit, messages: [user] },
  })

const anthropicSystem: Wrap = row =>
  fromChat(row, {
    model: 'claude-sonnet-4-5',
    asked: { ...limit, messages: [{ role: 'developer', ...(row.part as Json) }, user] },
    expected: { ...limit, ...(row.expected !== '' && { system: row.expected }), messages: [user] },
  })

/* Bedrock */

const question = [{ role: 'user', content: [{ text: 'Hello' }] }]

const bedrockTools: Wrap = row => {
  const { toolChoice, model } = row.fields
  const tools = listAt(row.expected, 'tools')
  const { inferenceConfig: _none, ...config } = (row.expected ?? {}) as Json
  return fromChat(row, {
    model: typeof model === 'string' ? model : 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    asked: {
      ...(row.part !== null && { tools: row.part }),
      ...(toolChoice !== undefined && { tool_choice: toolChoice }),
    },
    expected: { messages: question, ...(tools.length > 0 && { toolConfig: config }) },
  })
}

const bedrockPrompt: Wrap = row => {
  const asked = row.part as Json
  return fromChat(row, {
    model: textAt(asked, 'model'),
    asked,
    expected: objectAt(row.fields, 'expectedJSON'),
  })
}

/* A client of messages, an upstream of chat completions */

function toChat(asked: Json, expected: Json): Whole {
  const model = 'gpt-4.1'
  return {
    model,
    asked: { model, ...limit, messages: [user], ...asked },
    expected: { model, ...limit, messages: [user], ...expected },
  }
}

const chatSystem: Wrap = ({ part, expected }) => {
  const system = blocksOf(part)
  const messages = expected === '' ? [user] : [{ role: 'system', content: expected }, user]
  return toChat(system === undefined ? {} : { system }, { messages })
}

const chatContent: Wrap = ({ part, expected }) => {
  const said = { role: 'user', content: blocksOf(part) ?? [] }
  const messages = expected === '' ? [user] : [user, { role: 'user', content: expected }]
  return toChat({ messages: [user, said] }, { messages })
}

const chatToolChoice: Wrap = ({ part, expected, fields }) => {
  const choice = unionValue(part)
  const names = ['search', 'other']
  const tools = names.map(name => ({ name, input_schema: parameters }))
  const withTools = fields['hasTools'] === true
  return toChat(
    { ...(withTools && { tools }), ...(choice !== undefined && { tool_choice: choice }) },
    {
      ...(withTools && { tools: names.map(chatTool) }),
      // A flag says that there is none.
      ...(expected !== true && { tool_choice: expected }),
    },
  )
}

const chatRequest: Wrap = ({ part, fields }) => {
  const { messages, max_tokens: most, stream } = part as Json
  const plain = (messages as Json[]).map(message => ({ ...message, content: blocksOf(message['content']) }))
  const model = textAt(fields, 'modelOverride') || textAt(part, 'model')
  return {
    model,
    asked: { ...(part as Json), messages: plain },
    expected: {
      model,
      messages: plain.map(clientMessage),
      max_completion_tokens: most,
      ...(stream === true && { stream }),
      ...(fields['wantStopSeqs'] !== undefined && { stop: fields['wantStopSeqs'] }),
    },
  }
}

/** By the name of the test of the source. */
const wraps: Readonly<Record<string, Wrap>> = {
  ...geminiParts,
  TestTranslateOpenAItoAnthropicTools: anthropicTools,
  TestMessageTranslation: anthropicMessages,
  TestBuildAnthropicParamsWithReasoningEffort: anthropicEffort,
  TestContentTranslationCoverage: anthropicContent,
  TestSystemPromptExtractionCoverage: anthropicSystem,
  TestOpenAIToolsToBedrockToolConfig: bedrockTools,
  TestOpenAIToAWSBedrockTranslator_CacheControl: bedrockPrompt,
  TestAnthropicSystemPromptToText: chatSystem,
  TestAnthropicContentToText: chatContent,
  TestAnthropicToolChoiceToOpenAI: chatToolChoice,
  TestAnthropicToOpenAITranslator_RequestBody: chatRequest,
}

export const partRequests: readonly RequestCase[] = translatorRows.flatMap(row => {
  const id = textAt(row, 'id')
  const wrap = wraps[id.split(':')[1] ?? '']
  const client = formatOfApi[textAt(row, 'client_api')]
  const upstream = formatOfApi[textAt(row, 'upstream')]
  if (wrap === undefined || client === undefined || upstream === undefined) return []
  const { model, asked, expected } = wrap({
    part: row['request_part_in'] ?? row['request_in'] ?? null,
    expected: row['upstream_request_part_expected'] ?? null,
    fields: objectAt(row, 'all_fields'),
  })
  const vendor = textAt(row, 'upstream').split('.')[0] ?? ''
  const streaming = asked['stream'] === true
  return { id, client, upstream, vendor, model, streaming, asked, expected, refused: expected === null }
})
