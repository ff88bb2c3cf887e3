// A page of the documentation that tests write, in sections between comments: a run that updates writes them, and every
// other run fails where what it finds is not what is written there.

import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect } from 'vitest'

export interface BoardFile {
  readonly path: string
  readonly updating: boolean
  /** How a run that updates is started. */
  readonly command: string
}

/** Fails where the section is not as written; the text may hold no dates and no timings. */
export function expectSectionOf(file: BoardFile, { name, text }: { name: string; text: string }): void {
  const { path, updating, command } = file
  const begin = `<!-- begin ${name} -->\n`
  const end = `<!-- end ${name} -->\n`
  const board = readFileSync(path, 'utf8')
  const from = board.indexOf(begin) + begin.length
  const to = board.indexOf(end)
  if (from < begin.length || to === -1) throw new Error(`${basename(path)} has no section ${name}`)
  if (updating) writeFileSync(path, `${board.slice(0, from)}\n${text.trim()}\n\n${board.slice(to)}`)
  else expect(board.slice(from, to).trim(), `run \`${command}\` and look`).toBe(text.trim())
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}
