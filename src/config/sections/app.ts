// `app`: what this installation calls itself.

import { section, text } from './fields.ts'

export function appSection() {
  return section({
    name: text.default('LLM Proxy API').describe('Name of this installation, shown in its pages and logs.'),
    version: text.optional().describe("Version of this installation. Default: the program's own version."),
    environment: text.default('production').describe('A word for the logs: `production`, `staging`, …'),
  }).describe('What this installation calls itself.')
}
