// What the generations of Google's models take, as data: the first row that fits a model's name holds.
// https://ai.google.dev/gemini-api/docs/thinking, https://ai.google.dev/gemini-api/docs/gemini-3

import type { Effort } from '../../conversation/conversation.ts'

export type ThinkingLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'

export type Thinking =
  | { readonly by: 'none' }
  /** A number of tokens within bounds; `canStop`: 0 forbids it. */
  | { readonly by: 'budget'; readonly least: number; readonly most: number; readonly canStop: boolean }
  /** From the lowest to the highest. */
  | { readonly by: 'level'; readonly levels: readonly ThinkingLevel[] }

export interface ModelTraits {
  readonly thinking: Thinking
  /** Takes JSON Schema as it is; others take a part of OpenAPI. */
  readonly jsonSchema: boolean
  /** Takes a schema for the answer beside functions. */
  readonly schemaBesideTools: boolean
  /** Refuses a call of the current turn that comes back without its signature. */
  readonly signedCalls: boolean
  /** Takes images and files within the result of a function. */
  readonly mediaInResults: boolean
}

const none: Thinking = { by: 'none' }
const plain: ModelTraits = {
  thinking: none,
  jsonSchema: false,
  schemaBesideTools: false,
  signedCalls: false,
  mediaInResults: false,
}
const second: ModelTraits = { ...plain, jsonSchema: true }
const third: ModelTraits = {
  thinking: { by: 'level', levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
  jsonSchema: true,
  schemaBesideTools: true,
  signedCalls: true,
  mediaInResults: true,
}

const rows: readonly (readonly [RegExp, ModelTraits])[] = [
  [/gemini-2\.5-[a-z-]*(?:image|tts|live|native-audio)/, second],
  [/gemini-2\.5-flash-lite/, { ...second, thinking: budget(512, 24_576) }],
  [/gemini-2\.5-flash/, { ...second, thinking: budget(1, 24_576) }],
  [/gemini-2\.5-pro/, { ...second, thinking: { ...budget(128, 32_768), canStop: false } }],
  [/gemini-2\.5/, { ...second, thinking: budget(1, 24_576) }],
  [/gemini-(?:1|2\.0|pro-vision|exp)/, plain],
  [/gemini-3-pro-image/, { ...third, thinking: none }],
  [/gemini-3-pro/, { ...third, thinking: { by: 'level', levels: ['LOW', 'HIGH'] } }],
  [
    /gemini-(?:[3-9]|\d\d)[\d.]*-pro|gemini-pro-latest/,
    { ...third, thinking: { by: 'level', levels: ['LOW', 'MEDIUM', 'HIGH'] } },
  ],
  [/gemini-(?:[3-9]|\d\d)|gemini-flash/, third],
]

function budget(least: number, most: number): Thinking & { readonly by: 'budget' } {
  return { by: 'budget', least, most, canStop: true }
}

/** @param model as the upstream names it, with any path before it */
export function traitsOf(model: string): ModelTraits {
  const name = model.toLowerCase()
  return rows.find(([pattern]) => pattern.test(name))?.[1] ?? plain
}

/** Tokens for thinking that an effort stands for. https://ai.google.dev/gemini-api/docs/openai#thinking */
export const budgetOfEffort: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 512,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
}

export const levelOfEffort: Readonly<Record<Effort, ThinkingLevel>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
}
