// A vendor that speaks Google's Gemini API. https://ai.google.dev/api/generate-content

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

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

const usageMetadata = {
  promptTokenCount: inputTokens,
  candidatesTokenCount: outputTokens,
  totalTokenCount: inputTokens + outputTokens,
}

function answer(parts: readonly Json[], more: Json = {}): Json {
  const candidate = { content: { role: 'model', parts }, index: 0, ...more }
  return { candidates: [candidate], usageMetadata, modelVersion: 'gemini-3.5-flash', responseId: 'r1' }
}

export const geminiWire: Wire = {
  read(request) {
    demand(request.headers['x-goog-api-key'] === 'sk-vendor', 'the key is wrong')
    const body = bodyOf(request)
    const contents = listIn(body, 'contents')
    const last = contents.at(-1)
    const result = listIn(last, 'parts').find(part => part['functionResponse'] !== undefined)
    const told = objectIn(result, 'functionResponse')
    if (result !== undefined) {
      const call = listIn(contents.at(-2), 'parts').find(part => part['functionCall'] !== undefined)
      demand(objectIn(call, 'functionCall')['name'] === told['name'], 'the result is of no call')
      demand(call?.['thoughtSignature'] !== undefined, 'a function call is missing a thought_signature')
    }
    const declared = listIn(body, 'tools').flatMap(tool => listIn(tool, 'functionDeclarations'))
    const config = objectIn(body, 'generationConfig')
    return {
      streaming: request.url.includes(':streamGenerateContent'),
      question: textOf(last?.['parts']),
      tools: declared.map(({ name }) => String(name)),
      result: result === undefined ? null : wordsIn(objectIn(told, 'response')),
      schema: (config['responseJsonSchema'] ?? config['responseSchema']) !== undefined,
    }
  },

  whole({ text, call }) {
    const said = text === '' ? [] : [{ text }]
    return answer([...said, ...callParts(call)], { finishReason: 'STOP' })
  },

  stream({ text, call }) {
    const parts: Json[] = [...cut(text).map(piece => ({ text: piece })), ...callParts(call)]
    const last = parts.length - 1
    return parts
      .map((part, index) => answer([part], index === last ? { finishReason: 'STOP' } : {}))
      .map(body => `data: ${JSON.stringify(body)}\r\n\r\n`)
  },

  failure: (status, message) => ({
    error: { code: status, message, status: statuses[status] ?? 'INTERNAL' },
  }),
}

function callParts(call: { readonly name: string; readonly arguments: Json } | undefined): Json[] {
  if (call === undefined) return []
  return [{ functionCall: { name: call.name, args: call.arguments }, thoughtSignature: 'c2lnbmF0dXJl' }]
}

/** A result is an object here: what it says is its only value, or all of it. */
function wordsIn(response: Json): string {
  const values = Object.values(response)
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(response)
}
