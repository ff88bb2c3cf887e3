// Which contents are generated with more than a model: https://ai.google.dev/gemini-api/docs/tools

import type { JsonObject } from '../../lib/json-value.ts'
import { hasToolBeside } from '../shared/effects.ts'

/** Those that the client runs. */
const ownTools: ReadonlySet<string> = new Set([
  'functionDeclarations',
  'function_declarations',
  'computerUse',
  'computer_use',
])

export function hasEffects({ tools }: JsonObject): boolean {
  return hasToolBeside(tools, tool => Object.keys(tool).every(name => ownTools.has(name)))
}
