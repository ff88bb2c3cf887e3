// One question through the SDK of each format, whole and as a stream: what a program reads of the answer.

import Anthropic from '@anthropic-ai/sdk'
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { CohereClientV2 } from 'cohere-ai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { overHttp1 } from './aws-http.ts'

export interface Question {
  readonly model: string
  readonly system: string
  readonly text: string
  readonly maxTokens: number
}

/** Tokens of the input count whether they were cached or not. */
export interface Read {
  readonly text: string
  readonly input: number
  readonly output: number
}

export interface AskingClient {
  readonly name: string
  whole(question: Question): Promise<Read>
  /** Pieces of text are joined. */
  stream(question: Question): Promise<Read>
}

export interface Place {
  /** Of the gateway. */
  readonly url: string
  readonly key: string
}

export function openClients(place: Place): readonly AskingClient[] {
  return [
    askChat(place),
    askResponses(place),
    askAnthropic(place),
    askGoogle(place),
    askCohere(place),
    askOllama(place),
    askBedrock(place),
  ]
}

const seed = 7
const temperature = 0

/** Joins what a stream says; the last figures hold. */
async function collect<Piece>(
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  read: (piece: Piece) => Partial<Read>,
): Promise<Read> {
  let whole: Read = { text: '', input: 0, output: 0 }
  for await (const piece of pieces) {
    const { text = '', ...figures } = read(piece)
    whole = { ...whole, ...figures, text: whole.text + text }
  }
  return whole
}

function askChat({ url, key }: Place): AskingClient {
  const { chat } = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 })
  const body = ({ model, system, text, maxTokens }: Question) => ({
    model,
    seed,
    temperature,
    max_tokens: maxTokens,
    messages: [
      { role: 'system' as const, content: system },
      { role: 'user' as const, content: text },
    ],
  })
  const figures = (usage: OpenAI.CompletionUsage | null | undefined): Partial<Read> =>
    usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : {}
  return {
    name: 'OpenAI, chat completions',
    async whole(question) {
      const { choices, usage } = await chat.completions.create(body(question))
      return { text: choices[0]?.message.content ?? '', input: 0, output: 0, ...figures(usage) }
    },
    async stream(question) {
      const options = { stream: true as const, stream_options: { include_usage: true } }
      const chunks = await chat.completions.create({ ...body(question), ...options })
      return await collect(chunks, ({ choices, usage }) => ({
        text: choices[0]?.delta.content ?? '',
        ...figures(usage),
      }))
    },
  }
}

function askResponses({ url, key }: Place): AskingClient {
  const { responses } = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 })
  const body = ({ model, system, text, maxTokens }: Question) => ({
    model,
    temperature,
    max_output_tokens: maxTokens,
    instructions: system,
    input: text,
    store: false,
  })
  const figures = (usage: OpenAI.Responses.ResponseUsage | null | undefined): Partial<Read> =>
    usage ? { input: usage.input_tokens, output: usage.output_tokens } : {}
  return {
    name: 'OpenAI, responses',
    async whole(question) {
      const { output_text: text, usage } = await responses.create(body(question))
      return { text, input: 0, output: 0, ...figures(usage) }
    },
    async stream(question) {
      const events = await responses.create({ ...body(question), stream: true })
      return await collect(events, event => {
        if (event.type === 'response.output_text.delta') return { text: event.delta }
        const ended = event.type === 'response.completed' || event.type === 'response.incomplete'
        return ended ? figures(event.response.usage) : {}
      })
    },
  }
}

function askAnthropic({ url, key }: Place): AskingClient {
  const { messages } = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 })
  const body = ({ model, system, text, maxTokens }: Question) => ({
    model,
    temperature,
    max_tokens: maxTokens,
    system,
    messages: [{ role: 'user' as const, content: text }],
  })
  const read = ({ content, usage }: Anthropic.Message): Read => ({
    text: content.map(block => (block.type === 'text' ? block.text : '')).join(''),
    input:
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
  })
  return {
    name: 'Anthropic',
    whole: async question => read(await messages.create(body(question))),
    stream: async question => read(await messages.stream(body(question)).finalMessage()),
  }
}

function askGoogle({ url, key }: Place): AskingClient {
  const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })
  type Answer = Awaited<ReturnType<typeof models.generateContent>>
  const body = ({ model, system, text, maxTokens }: Question) => ({
    model,
    contents: text,
    config: { systemInstruction: system, temperature, seed, maxOutputTokens: maxTokens },
  })
  const read = ({ text = '', usageMetadata: usage }: Answer): Partial<Read> => ({
    text,
    ...(usage && { input: usage.promptTokenCount ?? 0, output: usage.candidatesTokenCount ?? 0 }),
  })
  return {
    name: 'Google',
    async whole(question) {
      return { text: '', input: 0, output: 0, ...read(await models.generateContent(body(question))) }
    },
    stream: async question => await collect(await models.generateContentStream(body(question)), read),
  }
}

function askCohere({ url, key }: Place): AskingClient {
  const client = new CohereClientV2({ token: key, environment: url, maxRetries: 0 })
  const body = ({ model, system, text, maxTokens }: Question) => ({
    model,
    seed,
    temperature,
    maxTokens,
    messages: [
      { role: 'system' as const, content: system },
      { role: 'user' as const, content: text },
    ],
  })
  return {
    name: 'Cohere',
    async whole(question) {
      const { message, usage } = await client.chat(body(question))
      return {
        text: (message.content ?? []).map(block => (block.type === 'text' ? block.text : '')).join(''),
        input: usage?.tokens?.inputTokens ?? 0,
        output: usage?.tokens?.outputTokens ?? 0,
      }
    },
    async stream(question) {
      return await collect(await client.chatStream(body(question)), event => {
        if (event.type === 'content-delta') return { text: event.delta?.message?.content?.text ?? '' }
        if (event.type !== 'message-end') return {}
        const tokens = event.delta?.usage?.tokens
        return { input: tokens?.inputTokens ?? 0, output: tokens?.outputTokens ?? 0 }
      })
    },
  }
}

function askOllama({ url, key }: Place): AskingClient {
  const client = new Ollama({ host: url, headers: { authorization: `Bearer ${key}` } })
  const body = ({ model, system, text, maxTokens }: Question) => ({
    model,
    options: { temperature, seed, num_predict: maxTokens },
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: text },
    ],
  })
  type Answer = Awaited<ReturnType<typeof client.chat>>
  const read = ({ message, prompt_eval_count: input, eval_count: output }: Answer): Read => ({
    text: message.content,
    input,
    output,
  })
  return {
    name: 'Ollama',
    whole: async question => read(await client.chat(body(question))),
    stream: async question => await collect(await client.chat({ ...body(question), stream: true }), read),
  }
}

function askBedrock({ url, key }: Place): AskingClient {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: `${url}/bedrock`,
    maxAttempts: 1,
    requestHandler: overHttp1,
    token: { token: key },
    authSchemePreference: ['httpBearerAuth'],
  })
  const input = ({ model, system, text, maxTokens }: Question) => ({
    modelId: model,
    system: [{ text: system }],
    messages: [{ role: 'user' as const, content: [{ text }] }],
    inferenceConfig: { maxTokens, temperature },
  })
  return {
    name: 'AWS',
    async whole(question) {
      const { output, usage } = await client.send(new ConverseCommand(input(question)))
      return {
        text: (output?.message?.content ?? []).map(({ text = '' }) => text).join(''),
        input: (usage?.inputTokens ?? 0) + (usage?.cacheReadInputTokens ?? 0),
        output: usage?.outputTokens ?? 0,
      }
    },
    async stream(question) {
      const { stream } = await client.send(new ConverseStreamCommand(input(question)))
      return await collect(stream ?? [], ({ contentBlockDelta, metadata }) => {
        const usage = metadata?.usage
        return {
          text: contentBlockDelta?.delta?.text ?? '',
          ...(usage && {
            input: (usage.inputTokens ?? 0) + (usage.cacheReadInputTokens ?? 0),
            output: usage.outputTokens ?? 0,
          }),
        }
      })
    },
  }
}
