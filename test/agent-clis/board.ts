// docs/agent-clis.md: what came of the runs. It holds no dates and no timings, so that it changes only with them.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { table } from '../conformance/support/board.ts'
import { type Agent, agents } from './agents.ts'
import type { Verdict } from './judge.ts'
import { type UpstreamKind, upstreamKinds } from './upstreams.ts'

export interface BoardRow extends Verdict {
  readonly agent: Agent
  readonly kind: UpstreamKind
}

const file = join(import.meta.dirname, '../../docs/agent-clis.md')
const begin = '<!-- begin board -->\n'
const end = '<!-- end board -->\n'

export function writeBoard(rows: readonly BoardRow[]): void {
  const page = readFileSync(file, 'utf8')
  const from = page.indexOf(begin) + begin.length
  const to = page.indexOf(end)
  writeFileSync(file, `${page.slice(0, from)}\n${boardOf(rows)}\n\n${page.slice(to)}`)
}

function boardOf(rows: readonly BoardRow[]): string {
  const rowAt = (agent: Agent, kind: UpstreamKind): BoardRow | undefined =>
    rows.find(row => row.agent === agent && row.kind === kind)
  const lines = agents.map(agent => [
    `${agent.name} ${agent.version}`,
    `\`${agent.format}\``,
    ...upstreamKinds.map(kind => wordFor(rowAt(agent, kind))),
  ])
  const head = ['agent', 'asks in', ...upstreamKinds.map(({ format }) => `\`${format}\``)]
  return [table(head, lines), ...sectionsOf(rows)].join('\n\n')
}

function wordFor(row: BoardRow | undefined): string {
  if (row === undefined) return '—'
  return row.problem === null ? 'pass' : 'FAIL'
}

function sectionsOf(rows: readonly BoardRow[]): string[] {
  const failures = rows.flatMap(({ agent, kind, problem }) =>
    problem === null ? [] : [`- ${agent.name} to \`${kind.format}\`: ${problem.replaceAll('\n', ' ')}`],
  )
  const left = leftOut(rows)
  return [
    ...(failures.length === 0 ? [] : [`What failed:\n\n${failures.join('\n')}`]),
    ...(left.length === 0
      ? []
      : [`What the upstreams have no word for, and was left out:\n\n${left.join('\n')}`]),
  ]
}

/** One line for each agent and thing left out, with the formats that have no word for it. */
function leftOut(rows: readonly BoardRow[]): string[] {
  return agents.flatMap(agent => {
    const own = rows.filter(row => row.agent === agent)
    const things = [...new Set(own.flatMap(({ warnings }) => warnings))].sort()
    return things.map(thing => {
      const places = own.filter(({ warnings }) => warnings.includes(thing))
      return `- ${agent.name}: ${thing} (${places.map(({ kind }) => `\`${kind.format}\``).join(', ')})`
    })
  })
}
