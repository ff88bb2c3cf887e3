// Which messages do more than answer: https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview

import type { JsonObject } from '../../lib/json-value.ts'
import { hasToolBeside, isAskedFor } from '../shared/effects.ts'

/** The version of a tool that the client runs stands behind its name: `bash_20250124`. */
const ownTool = /^(custom$|bash_|text_editor_|computer_|memory_)/

export function hasEffects({ mcp_servers: servers, container, tools }: JsonObject): boolean {
  return isAskedFor(servers) || isAskedFor(container) || hasToolBeside(tools, isOwn)
}

function isOwn({ type }: JsonObject): boolean {
  return type === undefined || type === null || (typeof type === 'string' && ownTool.test(type))
}
