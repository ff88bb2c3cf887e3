// How soon a subject is ready, and what it holds in memory before the first request.

import { setTimeout as delay } from 'node:timers/promises'
import { readResidentBytes } from '../lib/process-table.ts'
import type { Part } from './part.ts'

export const start: Part = {
  name: 'start',
  upstream: 'plain',
  async measure({ running, plan, record }) {
    record('start.ready', 'start', running.readyMs)
    await delay(plan.settleMs)
    record('start.memory', 'start', readResidentBytes(running.launched.pid) / 1e6)
  },
}
