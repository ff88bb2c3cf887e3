// Which responses do more than answer: https://platform.openai.com/docs/api-reference/responses/create

import type { JsonObject } from '../../lib/json-value.ts'
import { hasToolBeside, isAskedFor } from '../shared/effects.ts'

/** Those that the client runs. */
const ownTools: ReadonlySet<unknown> = new Set([
  'function',
  'custom',
  'namespace',
  'local_shell',
  'apply_patch',
  'computer',
  'computer_use_preview',
])

/** They are stored unless the client says otherwise. */
export function hasEffects({ store, background, conversation, tools }: JsonObject): boolean {
  if (store !== false || isAskedFor(background) || isAskedFor(conversation)) return true
  return hasToolBeside(tools, ({ type }) => ownTools.has(type))
}
