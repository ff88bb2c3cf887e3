// The document against the schema: typed sections, or every mistake at its place.

import type { z } from 'zod'
import { findConditionMistakes } from './conditions.ts'
import type { Problem } from './configuration.ts'
import type { ConfigurationDocument } from './document.ts'
import { findNameMistakes } from './name-mistakes.ts'
import { formatPath, type Path } from './paths.ts'
import { type ConfigurationFile, configurationSchema } from './schema.ts'
import { suggestion } from './sections/fields.ts'

export interface CheckedFile {
  /** The sections that are valid; an invalid one has its defaults here, so that what refers to it can be checked too. */
  readonly file: ConfigurationFile
  readonly problems: readonly Problem[]
}

type Issue = z.core.$ZodIssue

/** For values that are read once, compiling a checker costs more than it saves. */
const parseOptions = { jitless: true }

export function checkFile(document: ConfigurationDocument, providerTypes: readonly string[]): CheckedFile {
  const schema = configurationSchema(providerTypes)
  let value: unknown = document.value
  let result = schema.safeParse(value, parseOptions)
  if (!result.success) {
    value = convertSubstituted(value, result.error.issues, document)
    result = schema.safeParse(value, parseOptions)
  }
  const mistakes = [...findNameMistakes(document.value), ...findConditionMistakes(document.value)]
  const names = mistakes.map(({ path, message }) => document.problemAt(path, message))
  if (result.success) return { file: result.data, problems: [...document.problems, ...names] }

  const told = new Set(document.problems.map(problem => problem.path))
  const shapes = result.error.issues
    .flatMap(issue => problemsOf(issue, value, document))
    .filter(problem => !told.has(problem.path))
  const valid = Object.entries(schema.shape).map(([key, part]) => {
    const parsed = part.safeParse(valueAt(value, [key]), parseOptions)
    return [key, parsed.success ? parsed.data : part.safeParse(undefined).data]
  })
  return { file: Object.fromEntries(valid), problems: [...document.problems, ...names, ...shapes] }
}

/** `port: ${PORT}` is a text in YAML: where a number or truth value is wanted, the text of a variable becomes one. */
function convertSubstituted(
  value: unknown,
  issues: readonly Issue[],
  document: ConfigurationDocument,
): unknown {
  const converted = structuredClone(value)
  for (const { code, path, ...issue } of issues) {
    if (code !== 'invalid_type' || !document.isSubstituted(path)) continue
    const holder = valueAt(converted, path.slice(0, -1)) as Record<PropertyKey, unknown>
    const last = path.at(-1)
    if (last === undefined) continue
    const text = String(holder[last]).trim()
    if ('expected' in issue && issue.expected === 'boolean' && /^(true|false)$/i.test(text))
      holder[last] = text.toLowerCase() === 'true'
    else if (/^-?\d+(\.\d+)?$/.test(text)) holder[last] = Number(text)
  }
  return converted
}

function problemsOf(issue: Issue, root: unknown, document: ConfigurationDocument): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, index) =>
      describeUnknownKey([...issue.path, key], messages[index] ?? 'unknown key', document),
    )
  }
  const branch = issue.code === 'invalid_union' ? branchMeant(issue.errors) : undefined
  if (branch !== undefined)
    return branch.flatMap(inner =>
      problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, root, document),
    )
  const part = issue.code === 'invalid_key' ? 'key' : 'value'
  return [document.problemAt(issue.path, describeIssue(issue, valueAt(root, issue.path)), part)]
}

/** In `{api_key:sk-1}` all of it is the key, for want of a blank: what follows the colon is not shown. */
function describeUnknownKey(path: Path, message: string, document: ConfigurationDocument): Problem {
  const problem = document.problemAt(path, message, 'key')
  const [name, glued] = String(path.at(-1)).split(':')
  if (name === undefined || glued === undefined) return problem
  return {
    ...problem,
    path: formatPath([...path.slice(0, -1), name]),
    message: 'lacks a blank after the colon',
  }
}

/** The alternative whose kind of value was written, if one stands out: its mistakes say more than a list of kinds. */
function branchMeant(branches: ReadonlyArray<readonly Issue[]>): readonly Issue[] | undefined {
  return branches.find(issues =>
    issues.every(issue => issue.path.length > 0 || issue.code !== 'invalid_type'),
  )
}

/** What the value must be. The value itself is never repeated: it may be a secret in the wrong place. */
function describeIssue(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type' && value === undefined) return 'is missing'
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.message
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`
  if (issue.code === 'too_small') {
    if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty'
    return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
  }
  if (issue.code === 'invalid_value') return describeChoice(issue.values.map(String), value)
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  return issue.message
}

/** Names that differ in case alone are told once. */
function describeChoice(values: readonly string[], value: unknown): string {
  const names = [
    ...new Map(values.toReversed().map(name => [name.toLowerCase(), name])).values(),
  ].toReversed()
  const list = names.map(name => `\`${name}\``).join(', ')
  if (value === undefined) return `is missing: one of ${list}`
  return `must be one of ${list}${typeof value === 'string' ? suggestion(value, names) : ''}`
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'must be a text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be `true` or `false`',
  array: 'must be a list',
  record: 'must be a mapping of keys to values',
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}
