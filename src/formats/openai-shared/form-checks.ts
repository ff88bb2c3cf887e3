// Truth values of requests that may be forms, where they are words.

import { type Check, refuse } from '../shared/checks.ts'

const words: ReadonlySet<unknown> = new Set([true, false, 'true', 'false', 'True', 'False', '1', '0', ''])

export const isFlag: Check = (value, path) => {
  if (!words.has(value)) refuse(path, 'must be true or false')
}

export function isOn(value: unknown): boolean {
  return value === true || value === 'true' || value === 'True' || value === '1'
}
