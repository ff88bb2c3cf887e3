// Starts the program, with what Node has compiled of it before: most of a start is the reading of some hundred modules.

import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the code, where only who installed it can write; where nobody can, Node goes on without.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/llm-proxy', import.meta.url)))

const { main } = await import('./cli/main.ts')
await main()
