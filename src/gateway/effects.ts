// What a request changes beside being answered: such a one is asked of one target at a time, and never copied.

import { isObject } from '../lib/json-value.ts'
import type { Exchange } from './exchange.ts'
import type { PlannedRequest } from './request.ts'

/** Fields with which an upstream keeps something, or does something, beside answering. */
const lastingFields = ['background', 'conversation', 'mcp_servers', 'container'] as const

/** The upstream keeps the answer, or calls servers that may do anything. */
export function hasEffects(
  { call }: Pick<Exchange, 'call'>,
  { parameters }: Pick<PlannedRequest, 'parameters'>,
): boolean {
  if (lastingFields.some(field => parameters[field] !== undefined && parameters[field] !== false)) return true
  if (callsServers(parameters['tools'])) return true
  // Chat completions are stored only where the client says so, responses unless it says otherwise.
  return call.endpoint.format.name.startsWith('openai-responses')
    ? parameters['store'] !== false
    : parameters['store'] === true
}

/** Tools of the Model Context Protocol that the provider itself calls: https://platform.openai.com/docs/guides/tools-connectors-mcp */
function callsServers(tools: unknown): boolean {
  return Array.isArray(tools) && tools.some(tool => isObject(tool) && tool['type'] === 'mcp')
}
