// How to have a file read by the tools that an agent offers: their names and arguments differ from one to the next.

import type { Conversation, FunctionTool, Tool } from '../../src/conversation/conversation.ts'
import { type JsonObject, objectAt } from './json.ts'

/** A tool that reads files, with how it is asked for one; those that only read come first. */
const readers: Readonly<Record<string, (path: string, tool: FunctionTool) => JsonObject>> = {
  Read: path => ({ file_path: path }),
  read: path => ({ filePath: path }),
  read_file: (path, tool) => ({ [pathArgument(tool)]: path }),
  exec_command: path => ({ cmd: `cat '${path}'` }),
  run_shell_command: path => ({ command: `cat '${path}'`, description: 'Read a file' }),
  bash: path => ({ command: `cat '${path}'`, description: 'Read a file' }),
  Bash: path => ({ command: `cat '${path}'`, description: 'Read a file' }),
  shell: path => ({ command: ['cat', path] }),
  shell_command: path => ({ command: `cat '${path}'` }),
}

function pathArgument({ parameters = {} }: FunctionTool): string {
  const names = Object.keys(objectAt(parameters, 'properties'))
  return names.find(name => /path/i.test(name)) ?? 'path'
}

export interface ToolCall {
  readonly name: string
  readonly input: JsonObject
}

/** Null where the request offers no tool that reads. */
export function callToRead(path: string, { tools }: Conversation): ToolCall | null {
  const offered = new Map(tools.filter(isFunction).map(tool => [tool.name, tool]))
  for (const [name, argumentsFor] of Object.entries(readers)) {
    const tool = offered.get(name)
    if (tool !== undefined) return { name, input: argumentsFor(path, tool) }
  }
  return null
}

function isFunction(tool: Tool): tool is FunctionTool {
  return tool.type === 'function'
}
