// Which chat completions do more than answer: https://platform.openai.com/docs/api-reference/chat/create

import type { JsonObject } from '../../lib/json-value.ts'
import { hasToolBeside, isAskedFor } from '../shared/effects.ts'

const ownTools: ReadonlySet<unknown> = new Set(['function', 'custom'])

/** They are stored only where the client says so. */
export function hasEffects({ store, tools, web_search_options: search }: JsonObject): boolean {
  return store === true || isAskedFor(search) || hasToolBeside(tools, ({ type }) => ownTools.has(type))
}
