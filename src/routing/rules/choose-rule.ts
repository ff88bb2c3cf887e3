// The first rule that fits a request, and where in its split the request falls.

import type { Condition } from '../../lib/expressions.ts'
import { conversationKeyOf } from './conversation-key.ts'
import { type AskedRequest, RequestVariables } from './request-variables.ts'
import { partAt, shareOf } from './share.ts'

export interface Rule {
  readonly name: string
  /** Null: always. */
  readonly condition: Condition | null
  /** Names that clients ask for, `*` for anything; null: all. */
  readonly models: readonly string[] | null
  readonly split: readonly SplitPart[]
  /** `user`, `key`, `tenant`, `conversation`, `metadata.NAME` or `header.NAME`; null: chance. */
  readonly stickyBy: string | null
}

export interface SplitPart {
  /** 0 to 1. */
  readonly share: number
  readonly use: readonly string[]
}

export interface Choice<Kind extends Rule> {
  readonly rule: Kind
  /** Null: the rest, behind all shares. */
  readonly part: SplitPart | null
  /** From 0 to below 1; null where nothing was split. */
  readonly draw: number | null
}

export interface ChooserOptions<Kind extends Rule> {
  readonly rules: readonly Kind[]
  /** Holds keys of this gateway, lower case. */
  readonly keyHeader: string
  readonly random: () => number
  /** A condition that is wrong for this request: the rule does not fit it. */
  onFailure(rule: string, failure: Error): void
}

/** Why a rule does not fit; null where it does. */
export type Misfit = 'other models' | 'its condition does not hold' | `its condition failed: ${string}` | null

export interface RuleChooser<Kind extends Rule> {
  choose(asked: AskedRequest): Choice<Kind> | null
  /** The rules up to the one that fits, with why those before it do not. */
  explain(asked: AskedRequest): readonly { readonly rule: string; readonly misfit: Misfit }[]
}

export function createRuleChooser<Kind extends Rule>(options: ChooserOptions<Kind>): RuleChooser<Kind> {
  const { keyHeader, random, onFailure } = options
  const rules = options.rules.map(rule => ({ rule, fits: matchNames(rule.models) }))

  const open = (asked: AskedRequest) => new RequestVariables(asked, keyHeader)

  function misfitOf({ rule, fits }: (typeof rules)[number], variables: RequestVariables): Misfit {
    if (!fits(variables.model)) return 'other models'
    const holds = rule.condition?.test(variables) ?? true
    if (holds === true) return null
    if (holds === false) return 'its condition does not hold'
    onFailure(rule.name, holds)
    return `its condition failed: ${holds.message}`
  }

  return {
    choose(asked) {
      const variables = open(asked)
      const found = rules.find(each => misfitOf(each, variables) === null)?.rule
      if (found === undefined) return null
      if (found.split.length === 0) return { rule: found, part: null, draw: null }
      const sticky = stickyText(found.stickyBy, asked, variables)
      const draw = sticky === '' ? random() : shareOf(`${found.name}\n${sticky}`)
      return { rule: found, part: partAt(found.split, draw), draw }
    },
    explain(asked) {
      const variables = open(asked)
      const seen: { rule: string; misfit: Misfit }[] = []
      for (const each of rules) {
        const misfit = misfitOf(each, variables)
        seen.push({ rule: each.rule.name, misfit })
        if (misfit === null) break
      }
      return seen
    },
  }
}

/** Empty where the request has no such thing: then chance decides. */
function stickyText(by: string | null, asked: AskedRequest, variables: RequestVariables): string {
  if (by === null) return ''
  if (by === 'conversation') return conversationKeyOf(asked)?.key ?? ''
  if (by === 'user' || by === 'key' || by === 'tenant') return variables[by]
  const dot = by.indexOf('.')
  const name = by.slice(dot + 1)
  const value = by.startsWith('metadata.') ? variables.metadata[name] : variables.headers[name.toLowerCase()]
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Whether a name is one of those, in which `*` stands for any text. */
export function matchNames(names: readonly string[] | null): (name: string) => boolean {
  if (names === null) return () => true
  const exact = new Set(names.filter(name => !name.includes('*')))
  const patterns = names.filter(name => name.includes('*')).map(name => name.split('*'))
  return name => exact.has(name) || patterns.some(parts => fitsParts(name, parts))
}

/** The parts must follow one another: the first at the start, the last at the end. */
function fitsParts(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}
