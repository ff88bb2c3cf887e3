// What becomes of the fields that only the client's format has, where a provider of another format is asked: each is
// carried, left out and told in the warnings, or a reason not to ask that provider. Formats say it as data.

import type { Conversation } from '../../conversation/conversation.ts'
import type { Extra, Part } from '../../conversation/parts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'

/**
 * `carried`: the neutral form has words for it, or nobody misses it. `dropped`: it may be left out, if that is told.
 * `refused`: without it, something else would be asked.
 */
export type Fate = 'carried' | 'dropped' | 'refused'

/** Refused for something inside the value: `[3].content`. */
export interface RefusedInside {
  readonly refused: string
}

/** A fate, one that depends on the value, or the rules for the fields inside. */
export type FieldRule = Fate | ((value: unknown, body: JsonObject) => Fate | RefusedInside) | FieldRules

/** By the name of the field. A field without a rule is dropped. */
export interface FieldRules {
  readonly [field: string]: FieldRule
}

export interface OwnFieldRules {
  /** For the fields of the request. */
  readonly request: FieldRules
  /** For what the format has put aside in messages and their parts. */
  readonly messages?: FieldRules
  /** The same in tools. */
  readonly tools?: FieldRules
  /** The name by which the rules know a field that may be spelt in several ways. */
  spell?(field: string): string
}

/** Paths of fields, as the client wrote them: `options.min_p`. */
export interface OwnFields {
  readonly refused: readonly string[]
  readonly dropped: readonly string[]
}

/** The same rule for many fields. */
export function rulesFor(fate: Fate, fields: Iterable<string>): FieldRules {
  return Object.fromEntries([...fields].map(field => [field, fate]))
}

/** Carried where it asks for what happens anyway, and dropped otherwise. */
export function droppedUnless(idle: string): FieldRule {
  return value => (value === idle ? 'carried' : 'dropped')
}

/** Carried where it asks for what happens anyway, and refused otherwise. */
export function refusedUnless(idle: string): FieldRule {
  return value => (value === idle ? 'carried' : 'refused')
}

/** What a request has of its own: in its fields, and around its prompt. */
export function findOwnFields(body: JsonObject, rules: OwnFieldRules): OwnFields {
  const found = new Finding(rules, body)
  found.readFields(body, rules.request, '')
  return found
}

/** What a conversation has of the client's format within its messages and tools. */
export function findFieldsAside(
  { messages, tools }: Conversation,
  format: string,
  rules: OwnFieldRules,
): OwnFields {
  const found = new Finding(rules, {})
  const read = (extra: Extra | undefined, own: FieldRules = {}, path = 'messages.'): void => {
    const fields = extra?.[format]
    if (fields !== undefined) found.readFields(fields, own, path)
  }
  const readPart = (part: Part): void => {
    // Thoughts and what only one format understands are the business of the encoders.
    if (part.type === 'reasoning' || part.type === 'refusal' || part.type === 'opaque') return
    read(part.extra, rules.messages)
    if (part.type === 'tool_result') part.content.forEach(readPart)
  }
  for (const { extra, parts } of messages) {
    read(extra, rules.messages)
    parts.forEach(readPart)
  }
  for (const tool of tools) if (tool.type !== 'provider') read(tool.extra, rules.tools, 'tools.')
  return found
}

class Finding implements OwnFields {
  readonly #rules: OwnFieldRules
  readonly #body: JsonObject
  readonly #refused = new Set<string>()
  readonly #dropped = new Set<string>()

  constructor(rules: OwnFieldRules, body: JsonObject) {
    this.#rules = rules
    this.#body = body
  }

  get refused(): readonly string[] {
    return [...this.#refused]
  }

  get dropped(): readonly string[] {
    return [...this.#dropped]
  }

  readFields(fields: JsonObject, rules: FieldRules, path: string): void {
    for (const field in fields) {
      const value = fields[field]
      if (saysNothing(value)) continue
      const rule = this.#ruleOf(field, rules)
      if (typeof rule === 'function') this.#note(rule(value, this.#body), path + field)
      else if (typeof rule === 'string') this.#note(rule, path + field)
      else this.#readInside(value, rule, `${path}${field}.`)
    }
  }

  #readInside(value: unknown, rules: FieldRules, path: string): void {
    const inside: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const fields of inside) if (isObject(fields)) this.readFields(fields, rules, path)
  }

  #note(fate: Fate | RefusedInside, path: string): void {
    if (typeof fate === 'object') this.#refused.add(path + fate.refused)
    else if (fate === 'refused') this.#refused.add(path)
    else if (fate === 'dropped') this.#dropped.add(path)
  }

  /** Names come from the client: `constructor` is not a rule. */
  #ruleOf(field: string, rules: FieldRules): FieldRule {
    const name = this.#rules.spell?.(field) ?? field
    return (Object.hasOwn(rules, name) ? rules[name] : undefined) ?? 'dropped'
  }
}

/** SDKs send such values for what is not set. An empty object may well be a wish. */
function saysNothing(value: unknown): boolean {
  return (
    value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0)
  )
}
