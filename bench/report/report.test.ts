import { describe, expect, test } from 'vitest'
import { createPlan } from '../measure/plan.ts'
import type { MetricId } from './metrics.ts'
import { type Report, renderMarkdown, renderText } from './report.ts'
import { buildRows, comparePeers, type Sample } from './rows.ts'

function samplesOf(metric: MetricId, variant: string, bySubject: Record<string, number[]>): Sample[] {
  return Object.entries(bySubject).flatMap(([subject, values]) =>
    values.map((value, index) => ({ metric, variant, subject, round: index + 1, value })),
  )
}

function createReport(samples: Sample[], rest: Partial<Report> = {}): Report {
  const rows = buildRows(samples)
  return {
    date: '2026-01-02T03:04',
    complete: true,
    environment: {
      cpu: 'Some CPU',
      cores: 2,
      memoryGb: 8,
      kernel: 'Linux 6',
      node: 'v24',
      undici: '8',
      upstream: 'nginx 1',
      pinning: 'pinned',
    },
    plan: createPlan({ quick: false }),
    subjects: [{ name: 'floor', version: '1', features: '', isPeer: false }],
    samples,
    rows,
    againstPeers: comparePeers(rows, ['slowpoke']),
    othersShare: 0.01,
    remarks: [],
    ...rest,
  }
}

describe('the rows of a report', () => {
  test('set each round against the floor of the same round and judge the middle', () => {
    const rows = buildRows(
      samplesOf('cpu.request', '1 kB', {
        floor: [50, 100, 60],
        gateway: [75, 150, 100],
        nginx: [10, 20, 10],
      }),
    )
    const gateway = rows.find(row => row.subject === 'gateway')
    expect(gateway?.value).toEqual({ median: 100, min: 75, max: 150, rounds: 3 })
    expect(gateway?.comparison?.median).toBe(1.5)
    expect(gateway?.goal).toEqual({ text: '≤ 1.6 ×', met: true })
    expect(rows.find(row => row.subject === 'floor')?.comparison).toBeNull()
    expect(rows.find(row => row.subject === 'nginx')?.goal).toBeNull()
  })

  test('say that a goal is missed, also one without the floor', () => {
    const rows = buildRows([
      ...samplesOf('latency.p99', '1,000/s', { floor: [1], gateway: [4] }),
      ...samplesOf('start.ready', 'start', { gateway: [501] }),
    ])
    expect(rows.map(row => row.goal).filter(goal => goal !== null)).toEqual([
      { text: '≤ +2 ms', met: false },
      { text: '≤ 500 ms', met: false },
    ])
  })

  test('have no verdict where the floor was not measured', () => {
    const [row] = buildRows(samplesOf('cpu.request', '1 kB', { gateway: [75] }))
    expect(row?.comparison).toBeNull()
    expect(row?.goal).toBeNull()
  })

  test('compare the rate with that of peers', () => {
    const rate = (peer: number) => buildRows(samplesOf('rate', '1 kB', { gateway: [900], slowpoke: [peer] }))
    expect(comparePeers(rate(800), ['slowpoke'])?.met).toBe(true)
    expect(comparePeers(rate(1000), ['slowpoke'])?.met).toBe(false)
    expect(comparePeers(rate(800), [])).toBeNull()
  })
})

describe('a report', () => {
  const samples = samplesOf('cpu.request', '1 kB', { floor: [50, 60], gateway: [100, 120] })

  test('shows figures, spread, standing and verdict', () => {
    const text = renderText(createReport(samples))
    expect(text).toContain('CPU per request, full load (µs)')
    expect(text).toMatch(
      /gateway +110\.0 +\(100\.0 – 120\.0\) +2\.00 × +\(2\.00 × – 2\.00 ×\) +≤ 1\.6 × +MISSED/,
    )
    expect(text).toContain('0 of 1 met')
    expect(renderMarkdown(createReport(samples))).toContain('| 1 kB | floor | 55.0 |')
  })

  test('flags a subject of which something must be known, with the last lines that it wrote', () => {
    const remark = {
      subject: 'gateway',
      part: 'cpu',
      round: 2,
      text: 'failed requests: 3 × status 500',
      lastLines: ['oh no'],
    }
    const text = renderText(createReport(samples, { remarks: [remark] }))
    expect(text).toContain('gateway (!)')
    expect(text).toContain('gateway (cpu, round 2): failed requests: 3 × status 500')
    expect(text).toContain('    | oh no')
  })

  test('says when the machine was busy with something else', () => {
    expect(renderText(createReport(samples))).not.toContain('TOO MUCH')
    expect(renderText(createReport(samples, { othersShare: 0.2 }))).toContain('20 % of the machine')
    expect(renderText(createReport(samples, { othersShare: 0.2 }))).toContain('TOO MUCH')
  })

  test('says when it was cut short', () => {
    expect(renderText(createReport(samples, { complete: false }))).toContain('CUT SHORT')
  })
})
