// From the figures of single rounds to the rows of the report: middle, spread, standing to the floor, goal.

import { compareRounds, type RoundValue, type Summary, summarise } from '../lib/statistics.ts'
import { type Goal, goals, type Metric, type MetricId, metricIds, metrics } from './metrics.ts'

export interface Sample {
  readonly metric: MetricId
  readonly variant: string
  readonly subject: string
  readonly round: number
  readonly value: number
}

export interface Verdict {
  readonly text: string
  readonly met: boolean
}

export interface Row {
  readonly metric: MetricId
  readonly variant: string
  readonly subject: string
  readonly value: Summary
  /** Against the floor's rounds; null where that says nothing, or there is no floor. */
  readonly comparison: Summary | null
  /** Only of this gateway. */
  readonly goal: Verdict | null
}

export const floorName = 'floor'
export const ownName = 'gateway'

/** In the order of the metrics, then of variants and subjects as they were first measured. */
export function buildRows(samples: readonly Sample[]): Row[] {
  return metricIds.flatMap(metric => {
    const ofMetric = samples.filter(sample => sample.metric === metric)
    return distinct(ofMetric.map(sample => sample.variant)).flatMap(variant => {
      const ofVariant = ofMetric.filter(sample => sample.variant === variant)
      const subjects = distinct(ofVariant.map(sample => sample.subject))
      return subjects.flatMap(subject => buildRow(ofVariant, subject) ?? [])
    })
  })
}

/** All samples are of one metric and variant. */
function buildRow(samples: readonly Sample[], subject: string): Row | null {
  const [first] = samples
  const own = roundsOf(samples, subject)
  const value = summarise(own.map(entry => entry.value))
  if (first === undefined || value === null) return null
  const { metric, variant } = first
  const { against }: Metric = metrics[metric]
  const comparison =
    against === null || subject === floorName
      ? null
      : summarise(compareRounds(own, roundsOf(samples, floorName), against))
  const goal = subject === ownName ? judge({ metric, variant }, { value, comparison }) : null
  return { metric, variant, subject, value, comparison, goal }
}

function roundsOf(samples: readonly Sample[], subject: string): RoundValue[] {
  return samples.filter(sample => sample.subject === subject)
}

/** The middle of the rounds decides. null where no goal is set, or the floor that it refers to was not measured. */
function judge(
  { metric, variant }: { metric: MetricId; variant: string },
  figures: { value: Summary; comparison: Summary | null },
): Verdict | null {
  const goal = goals.find(
    candidate => candidate.metric === metric && (candidate.variant === null || candidate.variant === variant),
  )
  const figure = goal?.of === 'value' ? figures.value : figures.comparison
  if (goal === undefined || figure === null) return null
  const met = goal.bound === 'at most' ? figure.median <= goal.limit : figure.median >= goal.limit
  return { text: describeGoal(goal), met }
}

function describeGoal(goal: Goal): string {
  const sign = goal.bound === 'at most' ? '≤' : '≥'
  const metric: Metric = metrics[goal.metric]
  if (goal.of === 'comparison' && metric.against === 'ratio') return `${sign} ${goal.limit} ×`
  const plus = goal.of === 'comparison' ? '+' : ''
  return `${sign} ${plus}${goal.limit} ${metric.unit}`
}

/** Whether this gateway answers more requests a second than every peer of the same run; null without peers. */
export function comparePeers(rows: readonly Row[], peers: readonly string[]): Verdict | null {
  const rates = rows.filter(row => row.metric === 'rate' && row.variant === '1 kB')
  const own = rates.find(row => row.subject === ownName)
  const others = rates.filter(row => peers.includes(row.subject))
  if (own === undefined || others.length === 0) return null
  return {
    text: `more requests a second than ${others.map(row => row.subject).join(', ')} (1 kB)`,
    met: others.every(row => own.value.median > row.value.median),
  }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
