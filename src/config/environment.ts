// The environment as the loader sees it: looked up by name, checked, and every look-up noted.

import type { Problem } from './configuration.ts'
import { readWebAddress, webAddressMessage } from './sections/fields.ts'

export interface Environment {
  /** The variable's text; undefined where it is unset or blank. */
  text(name: string): string | undefined
  number(name: string, bounds: { readonly minimum: number; readonly maximum: number }): number | undefined
  boolean(name: string): boolean | undefined
  webAddress(name: string): string | undefined
  /** Whatever was asked for so far, by name: the part of the environment that counts. */
  seen(): ReadonlyArray<readonly [name: string, value: string | null]>
  /** What was wrong with the values asked for so far. */
  readonly problems: readonly Problem[]
  report(name: string, message: string): void
}

const yes = ['true', 'yes', 'on', '1']
const no = ['false', 'no', 'off', '0']

export function createEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const seen = new Map<string, string | null>()
  const problems: Problem[] = []
  const report = (name: string, message: string): void => {
    if (problems.some(problem => problem.path === name)) return
    problems.push({ file: 'environment', line: null, column: null, path: name, message })
  }
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(variables, name) ? variables[name]?.trim() : undefined
    seen.set(name, value || null)
    return value || undefined
  }
  return {
    text,
    number(name, { minimum, maximum }) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
      if (number >= minimum && number <= maximum) return number
      report(name, `must be a whole number from ${minimum} to ${maximum}`)
      return undefined
    },
    boolean(name) {
      const value = text(name)
      if (value === undefined) return undefined
      if (yes.includes(value.toLowerCase())) return true
      if (no.includes(value.toLowerCase())) return false
      report(name, 'must be `true` or `false`')
      return undefined
    },
    webAddress(name) {
      const value = text(name)
      if (value === undefined) return undefined
      const address = readWebAddress(value)
      if (address === null) report(name, webAddressMessage)
      return address ?? undefined
    },
    seen: () => [...seen].sort(([left], [right]) => (left < right ? -1 : 1)),
    problems,
    report,
  }
}
