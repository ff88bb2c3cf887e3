// Makes the publishable `dist/`: JavaScript and declarations from the sources, and the data that they read.

import { execFileSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
for (const file of globSync('src/**/*.snapshot.json', { cwd: root }))
  cpSync(join(root, file), join(root, file.replace(/^src/, 'dist')))
