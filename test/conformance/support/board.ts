// docs/conformance.md: what the checks have found, in sections. A run with CONFORMANCE_UPDATE=1 writes them; every
// other run fails where what it finds is not what is written there.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { updating } from './pins.ts'

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'conformance.md')

/** Fails where the section is not as written; the text may hold no dates and no timings. */
export function expectSection(name: string, text: string): void {
  const begin = `<!-- begin ${name} -->\n`
  const end = `<!-- end ${name} -->\n`
  const board = readFileSync(file, 'utf8')
  const from = board.indexOf(begin) + begin.length
  const to = board.indexOf(end)
  if (from < begin.length || to === -1) throw new Error(`docs/conformance.md has no section ${name}`)
  if (updating) writeFileSync(file, `${board.slice(0, from)}\n${text.trim()}\n\n${board.slice(to)}`)
  else expect(board.slice(from, to).trim(), 'run `npm run conformance:update` and look').toBe(text.trim())
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}

/** Never rounded up: 100 % is all of it. */
export function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`
}
