import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import { createSystemProbe, type SystemProbe } from './system-probe.ts'
import { createSystemSampler } from './system-sampler.ts'

function createTestProbe() {
  const state = { busy: 0, total: 0, processMs: 0, stopped: false, memoryFails: false }
  const probe: SystemProbe = {
    cpuTimes: () => ({ busy: state.busy, total: state.total }),
    processCpuMs: () => state.processMs,
    memory: () =>
      state.memoryFails
        ? Promise.reject(new Error('gone'))
        : Promise.resolve({ usedBytes: 300, limitBytes: 1_200 }),
    processMemory: () => ({ residentBytes: 80, heapUsedBytes: 20 }),
    diskPercent: () => Promise.resolve(42),
    eventLoopLag: () => ({ medianMs: 1, p99Ms: 9 }),
    stop: () => {
      state.stopped = true
    },
  }
  return { state, probe }
}

test('load is that between two samples', async () => {
  const clock = createManualClock()
  const { state, probe } = createTestProbe()
  const sampler = createSystemSampler({ clock, probe })
  clock.advance(400)
  Object.assign(state, { busy: 30, total: 120, processMs: 100 })
  await sampler.sample()
  expect(sampler.current()).toEqual({
    cpuPercent: 25,
    processCpuPercent: 25,
    memoryPercent: 25,
    memoryUsedBytes: 300,
    memoryLimitBytes: 1_200,
    residentBytes: 80,
    heapUsedBytes: 20,
    diskPercent: 42,
    eventLoopLagMs: 1,
    eventLoopLagP99Ms: 9,
  })
  sampler.stop()
  expect(state.stopped).toBe(true)
})

test('it samples by itself until it is stopped, and outlives a probe that fails', async () => {
  const clock = createManualClock()
  const { state, probe } = createTestProbe()
  const sampler = createSystemSampler({ clock, probe, intervalMs: 5_000 })
  const settle = () => new Promise(resolve => setImmediate(resolve))
  clock.advance(500)
  await settle()
  expect(sampler.current().diskPercent).toBe(42)
  state.memoryFails = true
  clock.advance(5_000)
  await settle()
  expect(sampler.current().memoryPercent).toBe(0)
  state.memoryFails = false
  sampler.stop()
  clock.advance(5_000)
  await settle()
  expect(sampler.current().memoryPercent).toBe(0)
})

test('the probe of this machine gives plausible numbers', async () => {
  const probe = createSystemProbe(tmpdir())
  const { usedBytes, limitBytes } = await probe.memory()
  expect(usedBytes).toBeGreaterThan(0)
  expect(usedBytes).toBeLessThanOrEqual(limitBytes)
  expect(await probe.diskPercent()).toBeGreaterThanOrEqual(0)
  expect(probe.cpuTimes().total).toBeGreaterThan(probe.cpuTimes().busy)
  expect(probe.eventLoopLag().p99Ms).toBeGreaterThanOrEqual(0)
  probe.stop()
})
