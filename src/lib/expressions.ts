// Conditions in the Common Expression Language: read and checked once against declared variables, then asked per request.
// What a map does not hold reads as null, and `matches` takes time in proportion to its text.
// The language: https://github.com/google/cel-spec/blob/master/doc/langdef.md

import { createRequire } from 'node:module'
import type * as CelModule from '@marcbachmann/cel-js'
import type { ASTNode, Environment, ErrorOptions } from '@marcbachmann/cel-js'
import { readTree } from './expression-tree.ts'
import { compilePattern, PatternError } from './linear-pattern.ts'

/** Names and types (`string`, `int`, `bool`, `map<string, dyn>`, `timestamp`) of what an expression may look at. */
export type Variables = Readonly<Record<string, string | Readonly<Record<string, string>>>>

export interface ExpressionProblem {
  readonly message: string
  /** Where in the text, from 0; null where all of it is meant. */
  readonly offset: number | null
}

export interface Condition {
  /** The same for conditions that differ in blanks and brackets alone. */
  readonly canonical: string
  /** The variables that it names. */
  readonly reads: ReadonlySet<string>
  /** Where nothing has to be asked. */
  readonly constant: boolean | null
  /**
   * Whether it holds; why it cannot be told, where that is a mistake of the condition. What fails because a map lacks
   * something holds not.
   */
  test(variables: object): boolean | Error
}

export type CompiledCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly problem: ExpressionProblem }

export interface ConditionLanguage {
  compile(text: string): CompiledCondition
}

const maxLength = 4_096
const limits = { maxAstNodes: 500, maxDepth: 30, maxListElements: 200, maxMapEntries: 50 }
/** Of a text that `matches` may be asked of. */
const maxMatchedText = 2_048
/** Of one condition asked once: elements of the lists that it goes through, each times what is looked at with it. */
const maxSteps = 50_000

/** What is left of them; a loop that was refused stays so, as some loops go on after a failure. */
interface Budget {
  left: number
  exceeded: Error | null
}

export function createConditionLanguage(variables: Variables): ConditionLanguage {
  let environment: Environment | null = null
  const budget: Budget = { left: maxSteps, exceeded: null }
  const patterns = new Map<string, (text: string) => boolean>()
  const maps = new Set(
    Object.keys(variables).filter(name => {
      const type = variables[name]
      return typeof type === 'string' && type.startsWith('map<')
    }),
  )

  function compile(text: string): CompiledCondition {
    if (text.length > maxLength) return refuse(`is longer than ${maxLength} characters`, null)
    environment ??= openEnvironment(variables, { patterns, budget })
    try {
      const written = environment.parse(text)
      const checked = written.check()
      if (!checked.valid) throw checked.error
      if (checked.type !== 'bool' && checked.type !== 'dyn')
        return refuse(`is of type ${checked.type}, not true or false`, null)
      return read(written.ast, environment)
    } catch (thrown) {
      const { range } = thrown as ErrorOptions
      return refuse(summarize(thrown), range?.start ?? null)
    }
  }

  function read(ast: ASTNode, { parse }: Environment): CompiledCondition {
    const tree = readTree(ast, maps)
    if (tree.problem !== null) return { ok: false, problem: tree.problem }
    for (const { pattern, offset } of tree.patterns) {
      try {
        patterns.set(pattern, compilePattern(pattern))
      } catch (thrown) {
        if (!(thrown instanceof PatternError)) throw thrown
        return refuse(`the pattern ${thrown.message}`, offset)
      }
    }
    const asked = parse.call(environment, tree.canonical)
    // Makes the plan by which it is asked.
    asked.check()
    return { ok: true, condition: createCondition(tree, asked, budget) }
  }

  return { compile }
}

function refuse(message: string, offset: number | null): CompiledCondition {
  return { ok: false, problem: { message, offset } }
}

function createCondition(
  { canonical, reads, lookups }: ReturnType<typeof readTree>,
  ask: (variables: object) => unknown,
  budget: Budget,
): Condition {
  const askAnew = (variables: object): boolean => {
    budget.left = maxSteps
    budget.exceeded = null
    return ask(variables) === true
  }
  return {
    canonical,
    reads,
    constant: reads.size === 0 ? askAnew({}) : null,
    test(variables) {
      try {
        const holds = askAnew(variables)
        return budget.exceeded ?? holds
      } catch (thrown) {
        if (budget.exceeded !== null) return budget.exceeded
        if (lookups.some(path => isAbsent(variables, path))) return false
        return new Error(summarize(thrown), { cause: thrown })
      }
    },
  }
}

/** Without the drawing of the place, whose text is not the one that was written. */
function summarize(thrown: unknown): string {
  const { summary, message } = thrown as ErrorOptions & { summary?: string }
  const words = summary ?? message ?? String(thrown)
  return words === 'Unexpected character: =' ? `${words} (equality is \`==\`)` : words
}

function isAbsent(variables: object, path: readonly string[]): boolean {
  let value: unknown = variables
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return true
    value = (value as Record<string, unknown>)[step]
  }
  return value === undefined || value === null
}

interface EnvironmentParts {
  readonly patterns: ReadonlyMap<string, (text: string) => boolean>
  readonly budget: Budget
}

/** @throws the same error as before where the budget is used up: making one for each element would take long, too */
function bound(looked: unknown, steps: number, budget: Budget): unknown {
  if (budget.exceeded !== null) throw budget.exceeded
  const elements = Array.isArray(looked) ? looked.length : typeof looked === 'object' ? countKeys(looked) : 0
  budget.left -= elements * steps
  if (budget.left >= 0) return looked
  budget.exceeded = new Error(`it would go through ${elements} elements: more than ${maxSteps} steps in all`)
  throw budget.exceeded
}

/** No further than matters. */
function countKeys(looked: object | null): number {
  let count = 0
  for (const _ in looked) if (++count > maxSteps) break
  return count
}

/** Loaded when the first condition is there: most configurations have none, and it costs 25 ms and 7 MB. */
function openEnvironment(variables: Variables, { patterns, budget }: EnvironmentParts): Environment {
  const cel = createRequire(import.meta.url)('@marcbachmann/cel-js') as typeof CelModule
  const environment = new cel.Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits,
  })
  for (const [name, type] of Object.entries(variables)) {
    if (typeof type === 'string') environment.registerVariable(name, type)
    else environment.registerVariable(name, { schema: { ...type } })
  }
  environment.registerFunction('bounded(dyn, int): dyn', (looked: unknown, steps: bigint) =>
    bound(looked, Number(steps), budget),
  )
  return environment.registerFunction(
    'string.matchesLinear(string): bool',
    (text: string, pattern: string) => {
      if (text.length > maxMatchedText) throw new Error(`a text of ${text.length} characters is not matched`)
      return patterns.get(pattern)?.(text) === true
    },
  )
}
