// Every figure of the benchmark: what it is called, how it stands to the floor, and the goal set for this gateway.

import type { Comparison } from '../lib/statistics.ts'

export interface Metric {
  readonly title: string
  readonly unit: string
  readonly digits: number
  /** null: the floor's figure does not bear on it. */
  readonly against: Comparison | null
  /** A higher figure is the better one. */
  readonly upwards?: boolean
}

export interface Goal {
  readonly metric: MetricId
  /** null: any. */
  readonly variant: string | null
  readonly of: 'value' | 'comparison'
  readonly bound: 'at most' | 'at least'
  readonly limit: number
}

export const metrics = {
  'cpu.request': { title: 'CPU per request, full load', unit: 'µs', digits: 1, against: 'ratio' },
  rate: { title: 'Requests a second, full load', unit: '/s', digits: 0, against: 'ratio', upwards: true },
  busy: { title: "Share of the subject's core in use at full load", unit: '%', digits: 0, against: null },
  'latency.p50': { title: 'Latency at a fixed rate, p50', unit: 'ms', digits: 3, against: 'difference' },
  'latency.p99': { title: 'Latency at a fixed rate, p99', unit: 'ms', digits: 3, against: 'difference' },
  'stream.cpu': { title: 'CPU per chunk of a stream', unit: 'µs', digits: 2, against: 'ratio' },
  'stream.arrivals': {
    title: 'Chunks that arrive on their own, as they were sent',
    unit: '%',
    digits: 1,
    against: null,
    upwards: true,
  },
  'first.p50': { title: 'Time to first content, p50', unit: 'ms', digits: 3, against: 'difference' },
  'first.p99': { title: 'Time to first content, p99', unit: 'ms', digits: 3, against: 'difference' },
  'open.memory': { title: 'Memory of an open stream', unit: 'kB', digits: 1, against: 'difference' },
  'open.completed': {
    title: 'Open streams that came to their end',
    unit: '%',
    digits: 2,
    against: null,
    upwards: true,
  },
  'leave.p50': {
    title: 'Client gone until upstream closed, p50',
    unit: 'ms',
    digits: 2,
    against: 'difference',
  },
  'leave.max': {
    title: 'Client gone until upstream closed, longest',
    unit: 'ms',
    digits: 2,
    against: 'difference',
  },
  'start.ready': { title: 'Ready after', unit: 'ms', digits: 0, against: null },
  'start.memory': { title: 'Resident memory, idle', unit: 'MB', digits: 1, against: null },
} as const satisfies Record<string, Metric>

export type MetricId = keyof typeof metrics

export const metricIds = Object.keys(metrics) as MetricId[]

const atMost = (metric: MetricId, variant: string | null, limit: number): Goal => ({
  metric,
  variant,
  of: metrics[metric].against === null ? 'value' : 'comparison',
  bound: 'at most',
  limit,
})

export const goals: readonly Goal[] = [
  atMost('cpu.request', '1 kB', 1.6),
  atMost('cpu.request', '10 kB', 1.3),
  atMost('cpu.request', '40 kB', 1.3),
  atMost('cpu.request', '100 kB', 1.3),
  atMost('cpu.request', '10 kB, translated', 2.5),
  { metric: 'rate', variant: '1 kB', of: 'comparison', bound: 'at least', limit: 0.6 },
  atMost('latency.p50', '1,000/s', 0.2),
  atMost('latency.p99', '1,000/s', 2),
  atMost('stream.cpu', 'paced', 1.5),
  atMost('stream.cpu', 'full speed', 1.5),
  atMost('stream.cpu', 'paced, translated', 4),
  { metric: 'stream.arrivals', variant: null, of: 'value', bound: 'at least', limit: 95 },
  atMost('first.p50', null, 0.3),
  atMost('open.memory', null, 40),
  { metric: 'open.completed', variant: null, of: 'value', bound: 'at least', limit: 100 },
  { metric: 'leave.max', variant: null, of: 'value', bound: 'at most', limit: 100 },
  { metric: 'start.ready', variant: null, of: 'value', bound: 'at most', limit: 500 },
  { metric: 'start.memory', variant: null, of: 'value', bound: 'at most', limit: 90 },
]
