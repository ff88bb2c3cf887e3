// The order of things: part by part, round by round, the subjects in turn, each started anew. So a process that
// happened to be compiled badly, or a machine that was busy for a while, shows as spread and not as a result.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Launcher } from '../lib/launcher.ts'
import type { Remote } from '../lib/remote.ts'
import type { LoadMethods } from '../load/main.ts'
import type { Remark } from '../report/report.ts'
import type { Sample } from '../report/rows.ts'
import { type RunningSubject, type Subject, SubjectError } from '../subjects/subject.ts'
import type { Upstreams } from '../upstream/upstream.ts'
import { cpu } from './cpu.ts'
import { latency } from './latency.ts'
import { open } from './open.ts'
import type { Part, PartName } from './part.ts'
import type { Plan } from './plan.ts'
import { start } from './start.ts'
import { streams } from './streams.ts'

const parts: readonly Part[] = [cpu, latency, streams, open, start]

export interface Run {
  readonly subjects: readonly Subject[]
  readonly only: readonly PartName[] | null
  readonly plan: Plan
  readonly launcher: Launcher
  readonly core: number | null
  readonly folder: string
  readonly load: Remote<LoadMethods>
  readonly upstreams: Upstreams
  /** Both are added to as the run goes on, so that a run that is cut short still has something to show. */
  readonly samples: Sample[]
  readonly remarks: Remark[]
  readonly onProgress: (text: string) => void
}

/** Resolves with false if a subject failed a part altogether. */
export async function measureAll(run: Run): Promise<boolean> {
  let succeeded = true
  for (const part of parts) {
    if (run.only !== null && !run.only.includes(part.name)) continue
    const failed = await measurePart(run, part)
    if (failed.size > 0) succeeded = false
  }
  return succeeded
}

/** Resolves with the names of those that failed; they are not tried again in later rounds. */
async function measurePart(run: Run, part: Part): Promise<ReadonlySet<string>> {
  const failed = new Set<string>()
  for (let round = 1; round <= run.plan.rounds; round += 1)
    for (const subject of run.subjects.filter(({ name }) => !failed.has(name))) {
      run.onProgress(`${part.name} ${round}/${run.plan.rounds} ${subject.name}`)
      if (!(await measureOne(run, { part, round, subject }))) failed.add(subject.name)
    }
  return failed
}

interface Turn {
  readonly part: Part
  readonly round: number
  readonly subject: Subject
}

async function measureOne(run: Run, { part, round, subject }: Turn): Promise<boolean> {
  const folder = join(run.folder, subject.name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const remark = (text: string, lastLines: readonly string[] = []) => {
    run.remarks.push({ subject: subject.name, part: part.name, round, text, lastLines })
  }
  const taken: Sample[] = []
  let running: RunningSubject | undefined
  try {
    const streamed = part.upstream === 'stream'
    const upstreamPort = streamed ? run.upstreams.stream.port : run.upstreams.plain.port
    running = await subject.start({ launcher: run.launcher, core: run.core, upstreamPort, streamed, folder })
    await part.measure({
      subject,
      running,
      load: run.load,
      upstreams: run.upstreams,
      plan: run.plan,
      record: (metric, variant, value) =>
        taken.push({ metric, variant, subject: subject.name, round, value }),
      report: remark,
    })
    run.samples.push(...taken)
    return true
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const lastLines = error instanceof SubjectError ? error.lastLines : []
    remark(`not measured: ${error.message}`, lastLines.length > 0 ? lastLines : running?.launched.lastLines())
    return false
  } finally {
    await running?.launched.stop()
  }
}
