// The report as people read it: one table for each figure, as plain text or as Markdown.

import type { Environment } from '../lib/environment.ts'
import type { Summary } from '../lib/statistics.ts'
import type { Plan } from '../measure/plan.ts'
import { type Metric, metricIds, metrics } from './metrics.ts'
import type { Row, Sample, Verdict } from './rows.ts'

export interface SubjectFacts {
  readonly name: string
  readonly version: string
  readonly features: string
  readonly isPeer: boolean
}

/** Something about a subject that a reader of its figures must know. */
export interface Remark {
  readonly subject: string
  readonly part: string
  readonly round: number | null
  readonly text: string
  readonly lastLines: readonly string[]
}

export interface Report {
  readonly date: string
  /** Every round of every part was gone through. */
  readonly complete: boolean
  readonly environment: Environment
  readonly plan: Plan
  readonly subjects: readonly SubjectFacts[]
  readonly samples: readonly Sample[]
  readonly rows: readonly Row[]
  readonly againstPeers: Verdict | null
  /** Of all cores, spent by processes that are no part of the benchmark. */
  readonly othersShare: number
  readonly remarks: readonly Remark[]
}

const toleratedShare = 0.05

type Cells = readonly string[]

export function renderText(report: Report): string {
  return render(report, {
    heading: text => `\n${text}\n${'-'.repeat(text.length)}`,
    table: (head, rows) => alignTable([head, ...rows]),
    line: text => text,
    block: lines => lines.map(line => `    | ${line}`).join('\n'),
  })
}

export function renderMarkdown(report: Report): string {
  const cells = (row: Cells) => `| ${row.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const body = render(report, {
    heading: text => `\n## ${text}\n`,
    table: (head, rows) => [cells(head), cells(head.map(() => '---')), ...rows.map(cells)].join('\n'),
    line: text => `- ${text}`,
    block: lines => ['', '```text', ...lines, '```', ''].join('\n'),
  })
  return `# Benchmark of ${report.date}\n${body}`
}

interface Markup {
  readonly heading: (text: string) => string
  readonly table: (head: Cells, rows: readonly Cells[]) => string
  readonly line: (text: string) => string
  readonly block: (lines: readonly string[]) => string
}

function render(report: Report, markup: Markup): string {
  // Those of whose figures something must be known: failed requests, upstreams not closed, parts not measured.
  const doubtful = new Set(report.remarks.map(remark => remark.subject))
  const parts = [
    ...(report.complete ? [] : [markup.line('CUT SHORT: the figures are of the rounds that were done.')]),
    markup.heading('Machine and subjects'),
    ...describeEnvironment(report).map(markup.line),
    ...report.subjects.map(({ name, version, features }) =>
      markup.line(`${name} ${version}${features === '' ? '' : `: ${features}`}`),
    ),
    ...metricIds.flatMap(id => {
      const rows = report.rows.filter(row => row.metric === id)
      return rows.length === 0
        ? []
        : [markup.heading(titleOf(metrics[id])), renderRows(rows, { markup, doubtful })]
    }),
    ...renderVerdicts(report, markup),
    ...renderRemarks(report, markup),
  ]
  return `${parts.join('\n')}\n`
}

function describeEnvironment({ environment, plan, othersShare }: Report): string[] {
  return [
    `${environment.cpu}, ${environment.cores} cores, ${environment.memoryGb} GB, ${environment.kernel}`,
    `node ${environment.node}, undici ${environment.undici}, upstream: ${environment.upstream}`,
    environment.pinning,
    describeOthers(othersShare),
    `${plan.rounds} rounds, subjects in turn in each; the middle of the rounds, (least – most)`,
  ]
}

function describeOthers(share: number): string {
  const text = `${(share * 100).toFixed(0)} % of the machine was taken by other processes meanwhile`
  return share > toleratedShare ? `${text}: TOO MUCH, the figures are not to be trusted` : text
}

function titleOf(metric: Metric): string {
  return `${metric.title} (${metric.unit})`
}

function renderRows(
  rows: readonly Row[],
  { markup, doubtful }: { markup: Markup; doubtful: ReadonlySet<string> },
): string {
  const compared = rows.some(row => row.comparison !== null)
  const judged = rows.some(row => row.goal !== null)
  const head = [
    '',
    'subject',
    'measured',
    '',
    ...(compared ? ['against floor', ''] : []),
    ...(judged ? ['goal', ''] : []),
  ]
  let lastVariant = ''
  const body = rows.map(row => {
    const metric: Metric = metrics[row.metric]
    const variant = row.variant === lastVariant ? '' : row.variant
    lastVariant = row.variant
    return [
      variant,
      doubtful.has(row.subject) ? `${row.subject} (!)` : row.subject,
      ...spread(row.value, value => value.toFixed(metric.digits)),
      ...(compared ? renderComparison(row, metric) : []),
      ...(judged ? [row.goal?.text ?? '', row.goal === null ? '' : say(row.goal)] : []),
    ]
  })
  return markup.table(head, body)
}

function renderComparison(row: Row, metric: Metric): Cells {
  if (row.comparison === null) return ['', '']
  if (metric.against === 'ratio') return spread(row.comparison, value => `${value.toFixed(2)} ×`)
  return spread(row.comparison, value => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(metric.digits)}`)
}

function spread(summary: Summary, format: (value: number) => string): [string, string] {
  const range = summary.rounds < 2 ? '' : `(${format(summary.min)} – ${format(summary.max)})`
  return [format(summary.median), range]
}

function say(verdict: Verdict): string {
  return verdict.met ? 'met' : 'MISSED'
}

function renderVerdicts(report: Report, markup: Markup): string[] {
  const verdicts = report.rows.flatMap(row => (row.goal === null ? [] : [row.goal]))
  if (report.againstPeers !== null) verdicts.push(report.againstPeers)
  if (verdicts.length === 0) return []
  const met = verdicts.filter(verdict => verdict.met).length
  return [
    markup.heading('Goals'),
    markup.line(`${met} of ${verdicts.length} met`),
    ...(report.againstPeers === null
      ? []
      : [markup.line(`${report.againstPeers.text}: ${say(report.againstPeers)}`)]),
  ]
}

function renderRemarks({ remarks }: Report, markup: Markup): string[] {
  if (remarks.length === 0) return []
  return [
    markup.heading('Remarks'),
    ...remarks.flatMap(({ subject, part, round, text, lastLines }) => {
      const where = round === null ? part : `${part}, round ${round}`
      const line = markup.line(`${subject} (${where}): ${text}`)
      return lastLines.length === 0 ? [line] : [line, markup.block(lastLines)]
    }),
  ]
}

function alignTable(rows: readonly Cells[]): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows
    .map(row => {
      const padded = row.map((cell, column) => {
        const width = widths[column] ?? 0
        return column < 2 ? cell.padEnd(width) : cell.padStart(width)
      })
      return padded.join('  ').trimEnd()
    })
    .join('\n')
}
