// What makes a request one that is made once: an upstream that does more than answer.

import { isObject, type JsonObject } from '../../lib/json-value.ts'

/** Some tool is not of those that the client runs itself. */
export function hasToolBeside(tools: unknown, isOwn: (tool: JsonObject) => boolean): boolean {
  return Array.isArray(tools) && tools.some(tool => isObject(tool) && !isOwn(tool))
}

/** A flag or a list that is set. */
export function isAskedFor(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}
