// Decides whether the simulator calls tools, which ones, and with what arguments.

import { gistOf } from './prose.ts'
import { createSequence, makeId } from './randomness.ts'
import { isObject, type Json, RequestProblem } from './request-problem.ts'
import { makeInstance, type TextHint } from './schema-instance.ts'

export interface Tool {
  readonly name: string
  readonly parameters: unknown
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON. */
  readonly arguments: string
}

/** @throws RequestProblem for a list or a name that is not valid */
export function readTools(body: Json): readonly Tool[] {
  const written = body['tools'] ?? []
  if (!Array.isArray(written))
    throw new RequestProblem("Invalid type for 'tools': expected an array of objects.", {
      param: 'tools',
      code: 'invalid_type',
    })
  const offered = allowedNames(body)
  return written.flatMap((tool: unknown, index) => {
    if (!isObject(tool) || tool['type'] !== 'function') return []
    const described = isObject(tool['function']) ? tool['function'] : {}
    const name = described['name']
    if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(name))
      throw new RequestProblem(
        `Invalid 'tools[${index}].function.name': expected a string of 1 to 64 letters, digits, '_' and '-'.`,
        { param: `tools[${index}].function.name`, code: 'invalid_value' },
      )
    return offered === null || offered.has(name) ? [{ name, parameters: described['parameters'] }] : []
  })
}

/** @throws RequestProblem for a choice without tools, or of a tool that is not there */
export function readToolChoice(body: Json, tools: readonly Tool[]): ToolChoice {
  const choice = body['tool_choice'] ?? 'auto'
  if (body['tool_choice'] && !Array.isArray(body['tools']))
    throw new RequestProblem("'tool_choice' is only allowed when 'tools' are specified.", {
      param: 'tool_choice',
    })
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice
  if (isObject(choice) && isObject(choice['allowed_tools']))
    return choice['allowed_tools']['mode'] === 'required' ? 'required' : 'auto'
  const name = isObject(choice) && isObject(choice['function']) ? choice['function']['name'] : undefined
  if (typeof name !== 'string')
    throw new RequestProblem(
      "Invalid value for 'tool_choice'. Supported values are: none, auto, required, or a function by its name.",
      { param: 'tool_choice', code: 'invalid_value' },
    )
  if (!tools.some(tool => tool.name === name))
    throw new RequestProblem(
      `Invalid value for 'tool_choice': no function named '${name}' was specified in the 'tools' parameter.`,
      { param: 'tool_choice', code: 'invalid_value' },
    )
  return { name }
}

/** The tools that `tool_choice` narrows the list to; null where it does not. */
function allowedNames(body: Json): ReadonlySet<unknown> | null {
  const choice = body['tool_choice']
  if (!isObject(choice) || !isObject(choice['allowed_tools'])) return null
  const listed = choice['allowed_tools']['tools']
  return new Set(
    (Array.isArray(listed) ? listed : []).map((tool: unknown) =>
      isObject(tool) && isObject(tool['function']) ? tool['function']['name'] : undefined,
    ),
  )
}

export interface CallSituation {
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice
  readonly parallelToolCalls: boolean | null
  readonly question: string
  /** The tools have answered already. */
  readonly answered: boolean
}

/**
 * The calls of an answer, none where it is to be text. Left the choice, the simulator calls the tools that the question
 * names, once. Obliged to choose, it takes those, or the first one; or the first two where parallel calls were asked for.
 */
export function makeToolCalls(situation: CallSituation, seed: number): readonly ToolCall[] {
  const next = createSequence(seed)
  return chooseTools(situation).map(tool => ({
    id: makeId('call_', next()),
    name: tool.name,
    arguments: JSON.stringify(makeArguments(tool, situation.question)),
  }))
}

function chooseTools(situation: CallSituation): readonly Tool[] {
  const { tools, toolChoice, parallelToolCalls, question, answered } = situation
  if (tools.length === 0 || toolChoice === 'none') return []
  if (typeof toolChoice === 'object') return tools.filter(tool => tool.name === toolChoice.name).slice(0, 1)
  if (toolChoice === 'auto' && answered) return []
  const named = tools.filter(tool => isNamedIn(tool.name, question))
  if (named.length > 0) return parallelToolCalls === false ? named.slice(0, 1) : named
  return toolChoice === 'required' ? tools.slice(0, parallelToolCalls === true ? 2 : 1) : []
}

/** Words of tools' names that say nothing of their subject. */
const verbs = new Set(
  'call create current data delete execute fetch find function info list lookup query read retrieve search send show tool update value with write'.split(
    ' ',
  ),
)

/** Whether a question names a tool: by its full name, or by a word that says what it is about. */
function isNamedIn(name: string, question: string): boolean {
  const asked = question.slice(0, 2_000).toLowerCase()
  if (asked.includes(name.toLowerCase())) return true
  const subjects = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_-]+/)
    .filter(word => word.length >= 4 && !verbs.has(word))
  const words = new Set(asked.match(/\p{L}+/gu))
  return subjects.some(subject => words.has(subject))
}

function makeArguments(tool: Tool, question: string): unknown {
  return isObject(tool.parameters)
    ? makeInstance({ type: 'object', ...tool.parameters }, hintFrom(question))
    : {}
}

/** Fills text properties from the question where their names tell what they want. */
function hintFrom(question: string): TextHint {
  // A word with a capital letter that does not begin a sentence: most likely a name.
  const properName = /(?<=[\p{L}\p{N},;:'’] )\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)*/u.exec(
    question.slice(0, 2_000),
  )?.[0]
  return property => {
    if (/city|location|place|town|country|region|destination|name|person|subject/i.test(property))
      return properName ?? null
    if (/query|question|text|prompt|message|input|topic|search|content/i.test(property))
      return gistOf(question) || null
    return null
  }
}
