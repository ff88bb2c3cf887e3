// Parts of requests of chat completions, and what another gateway makes of them for Gemini.

import { isJson } from './cases.ts'
import { type Json, listAt, objectAt, textAt } from './json.ts'
import { chatCall, chatTool, fromChat, parameters, toolResult, user, type Wrap } from './part-frames.ts'

const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]

const geminiTools: Wrap = row =>
  fromChat(row, {
    model: row.fields['parametersJSONSchemaAvailable'] === true ? 'gemini-2.5-flash' : 'gemini-2.0-flash',
    asked: row.part === null ? {} : { tools: row.part },
    expected: { contents, tools: row.expected },
  })

const geminiToolChoice: Wrap = row =>
  fromChat(row, {
    model: 'gemini-2.5-flash',
    asked: { tools: [chatTool('myfunc'), chatTool('other')], tool_choice: row.part },
    expected: {
      contents,
      tools: [{ functionDeclarations: ['myfunc', 'other'].map(name => ({ name, parameters })) }],
      toolConfig: row.expected,
    },
  })

const geminiAssistant: Wrap = row => {
  const message = row.part as Json
  const calls = listAt(message, 'tool_calls')
  const parts = (row.expected ?? []) as Json[]
  const answered = { role: 'user', parts: calls.map(functionResponse) }
  return fromChat(row, {
    model: 'gemini-2.5-flash',
    asked: { messages: [user, message, ...calls.map(toolResult), user] },
    expected: {
      contents: [
        ...contents,
        ...(parts.length === 0 ? [] : [{ role: 'model', parts }]),
        ...(calls.length === 0 ? [] : [answered]),
        ...contents,
      ],
    },
  })
}

function functionResponse(call: Json): Json {
  return { functionResponse: { name: textAt(call, 'function', 'name'), response: { output: 'done' } } }
}

const geminiDeveloper: Wrap = row =>
  fromChat(row, {
    model: 'gemini-2.5-flash',
    asked: { messages: [row.part, user] },
    expected: { contents, systemInstruction: { parts: row.expected } },
  })

const geminiToolMessage: Wrap = row =>
  fromChat(row, {
    model: 'gemini-2.5-flash',
    asked: { messages: [user, chatCall('tool_123', 'get_weather'), row.part] },
    expected: {
      contents: [
        ...contents,
        { role: 'model', parts: [{ functionCall: { name: 'get_weather', args: {} } }] },
        { role: 'user', parts: [row.expected] },
      ],
    },
  })

const geminiUser: Wrap = row => {
  const parts = ((row.expected ?? []) as Json[]).map(part => withSentData(part, row.part))
  return fromChat(row, {
    model: 'gemini-2.5-flash',
    asked: { messages: [row.part] },
    expected: { contents: parts.length === 0 ? [] : [{ role: 'user', parts }] },
  })
}

/** The source leaves the bytes of an image out of its comparison: they are those that were sent. */
function withSentData(part: Json, message: unknown): Json {
  const url = textAt(message, 'content', 0, 'image_url', 'url')
  const { inlineData } = part
  return isJson(inlineData)
    ? { inlineData: { ...inlineData, data: url.slice(url.indexOf(',') + 1) } }
    : googleNames(part)
}

/** Its fields are named as in its language: `responseMIMEType`, `fileURI`. */
function googleNames(object: Json): Json {
  const renamed = Object.entries(object).map(([name, value]): [string, unknown] => [
    name.replace('MIMEType', 'MimeType').replace('fileURI', 'fileUri'),
    isJson(value) && name === 'fileData' ? googleNames(value) : value,
  ])
  return Object.fromEntries(renamed)
}

const geminiConfig: Wrap = row => {
  const model = textAt(row.fields, 'requestModel') || 'gemini-2.5-flash'
  return fromChat(row, {
    model,
    asked: { ...(row.part as Json), model },
    expected: { contents, generationConfig: googleNames((row.expected ?? {}) as Json) },
  })
}

const geminiDetail: Wrap = row =>
  fromChat(row, {
    model: 'gemini-3-flash',
    asked: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: row.part } },
          ],
        },
      ],
    },
    expected: {},
  })

const geminiEffort: Wrap = row =>
  fromChat(row, {
    model: textAt(row.fields, 'model'),
    asked: { reasoning_effort: row.part },
    expected: { contents, generationConfig: { thinkingConfig: { thinkingLevel: row.expected } } },
  })

/** A schema for the answer, to a model that takes a part of OpenAPI. The source says what comes out, or nothing. */
const geminiSchema: Wrap = row =>
  fromChat(row, {
    model: 'gemini-2.0-flash',
    asked: { response_format: { type: 'json_schema', json_schema: { schema: row.part } } },
    expected: {
      contents,
      generationConfig: {
        responseMimeType: 'application/json',
        responseSchema: row.expected ?? row.part,
      },
    },
  })

/** A schema that refers to a larger one stands within that. */
const geminiReference: Wrap = row => {
  const schema = {
    ...objectAt(row.fields, 'fullSchema'),
    type: 'object',
    properties: { inner: row.part },
  }
  const resolved = { type: 'object', properties: { inner: row.expected ?? row.part } }
  return geminiSchema({ ...row, part: schema, expected: resolved })
}

/** By the name of the test of the source. */
export const geminiParts: Readonly<Record<string, Wrap>> = {
  TestOpenAIToolsToGeminiTools: geminiTools,
  TestOpenAIToolChoiceToGeminiToolConfig: geminiToolChoice,
  TestAssistantMsgToGeminiParts: geminiAssistant,
  TestDeveloperMsgToGeminiParts: geminiDeveloper,
  TestToolMsgToGeminiParts: geminiToolMessage,
  TestUserMsgToGeminiParts: geminiUser,
  TestOpenAIReqToGeminiGenerationConfig: geminiConfig,
  TestOpenAIReqToGeminiGenerationConfigWithJsonSchemaToGemini: geminiConfig,
  TestMapDetailMediaResolution: geminiDetail,
  TestMapReasoningEffortToThinkingLevel: geminiEffort,
  TestJsonSchemaToGapic: geminiSchema,
  TestJsonSchemaToGemini: geminiSchema,
  TestJsonSchemaToGeminiIntegration: geminiSchema,
  TestJsonSchemaDereference: geminiSchema,
  TestJsonSchemaDereferenceHelper: geminiReference,
}
