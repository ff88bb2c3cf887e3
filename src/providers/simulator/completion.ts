// The simulator's legacy completions: a continuation for each prompt.

import { simulatedMoment } from './chat.ts'
import { composeContinuation } from './prose.ts'
import { makeId } from './randomness.ts'
import {
  checkSampling,
  type Json,
  RequestProblem,
  readNumber,
  readStop,
  wantsUsage,
} from './request-problem.ts'
import {
  countPromptTokens,
  type LimitedText,
  limitText,
  makeUsage,
  type SimulatedUsage,
  splitTokens,
} from './tokens.ts'

export interface CompletionAnswer {
  readonly id: string
  readonly model: string
  readonly choices: readonly LimitedText[]
  readonly usage: SimulatedUsage
  readonly wantsUsage: boolean
}

/** As at OpenAI, which is short for chatting but right for completing a word. */
const defaultMaxTokens = 16

/** @throws RequestProblem */
export function answerCompletion(body: Json, model: string, seed: number): CompletionAnswer {
  checkSampling(body)
  const prompts = readPrompts(body)
  const copies = readNumber(body, 'n', { minimum: 1, maximum: 128, integer: true }) ?? 1
  const maxTokens =
    readNumber(body, 'max_tokens', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, integer: true }) ??
    defaultMaxTokens
  const stops = readStop(body)
  const choices = prompts.flatMap(prompt =>
    Array.from({ length: copies }, (_, copy) => {
      const limited = limitText(composeContinuation(prompt.text, seed + copy), stops, maxTokens)
      return body['echo'] === true
        ? { ...limited, tokens: [...splitTokens(prompt.text), ...limited.tokens] }
        : limited
    }),
  )
  return {
    id: makeId('cmpl-', seed),
    model,
    choices,
    usage: makeUsage(
      prompts.reduce((sum, prompt) => sum + prompt.tokens, 0),
      choices.reduce((sum, choice) => sum + choice.tokens.length, 0),
    ),
    wantsUsage: wantsUsage(body),
  }
}

interface Prompt {
  readonly text: string
  readonly tokens: number
}

function readPrompts(body: Json): readonly Prompt[] {
  const written = body['prompt'] ?? ''
  if (typeof written === 'string') return [promptOf(written)]
  if (isTokenList(written)) return [promptOf(written)]
  if (
    Array.isArray(written) &&
    written.length > 0 &&
    written.every(item => typeof item === 'string' || isTokenList(item))
  )
    return written.map(promptOf)
  throw new RequestProblem(
    "Invalid type for 'prompt': expected a string, a list of strings, or a list of tokens.",
    {
      param: 'prompt',
      code: 'invalid_type',
    },
  )
}

function promptOf(written: string | readonly number[]): Prompt {
  return typeof written === 'string'
    ? { text: written, tokens: countPromptTokens(written.length) }
    : { text: '', tokens: written.length }
}

/** A list of token numbers, which has at least one. */
export function isTokenList(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(item => Number.isInteger(item) && item >= 0)
}

/** The answer as one JSON text. */
export function renderCompletion(answer: CompletionAnswer): string {
  return JSON.stringify({
    id: answer.id,
    object: 'text_completion',
    created: simulatedMoment,
    model: answer.model,
    choices: answer.choices.map((choice, index) => ({
      text: choice.tokens.join(''),
      index,
      logprobs: null,
      finish_reason: choice.finishReason,
    })),
    usage: answer.usage,
  })
}

/** The answer as the data of a stream's events, `[DONE]` included. */
export function renderCompletionStream(answer: CompletionAnswer): string[] {
  const head = `{"id":"${answer.id}","object":"text_completion","created":${simulatedMoment},"model":${JSON.stringify(answer.model)}`
  const tail = answer.wantsUsage ? ',"usage":null}' : '}'
  const chunk = (index: number, text: string, finish: string | null) =>
    `${head},"choices":[{"text":${JSON.stringify(text)},"index":${index},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]${tail}`
  return [
    ...answer.choices.flatMap((choice, index) => [
      ...choice.tokens.map(token => chunk(index, token, null)),
      chunk(index, '', choice.finishReason),
    ]),
    ...(answer.wantsUsage ? [`${head},"choices":[],"usage":${JSON.stringify(answer.usage)}}`] : []),
    '[DONE]',
  ]
}
