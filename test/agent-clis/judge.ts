// What came of a run: the first thing that was not as it has to be, and what the gateway left out.

import { problemsOfRequest, problemsOfStream } from '../conformance/schemas/validate.ts'
import { shared } from '../conformance/support/shared.ts'
import type { Agent } from './agents.ts'
import type { Passed } from './recording-proxy.ts'
import type { AgentRun } from './run-agent.ts'
import { quotations } from './script.ts'
import type { Asked } from './scripted-upstream.ts'
import type { UpstreamKind } from './upstreams.ts'

export interface Evidence {
  readonly agent: Agent
  readonly kind: UpstreamKind
  readonly run: AgentRun
  readonly passed: readonly Passed[]
  readonly asked: readonly Asked[]
  readonly faults: readonly string[]
}

export interface Verdict {
  /** Null where all is well. */
  readonly problem: string | null
  readonly warnings: readonly string[]
}

export function judge(evidence: Evidence): Verdict {
  const { passed, faults, run } = evidence
  const problems = [
    ...refusals(passed),
    ...faults,
    ...schemaProblems(evidence),
    ...(passed.length === 0 ? [`nothing was asked: ${lastLines(run)}`] : []),
    ...endProblems(run),
  ]
  const warnings = new Set(passed.flatMap(exchange => exchange.warnings))
  return { problem: problems[0] ?? null, warnings: [...warnings].sort() }
}

function refusals(passed: readonly Passed[]): string[] {
  return passed
    .filter(({ status }) => status >= 400)
    .map(
      ({ method, path, status, answer }) => `${method} ${path}: ${status} ${answer.toString().slice(0, 400)}`,
    )
}

/** Requests that pass as bytes are the agent's own, and the business of its vendor. */
function schemaProblems({ agent, kind, passed, asked }: Evidence): string[] {
  if (shared === null) return []
  const translated = agent.format !== kind.format
  const requests = asked.filter(({ format }) => translated && format === kind.format)
  const streams = passed.filter(({ contentType }) => translated && contentType === 'text/event-stream')
  return [
    ...requests.flatMap(({ format, body }) =>
      problemsOfRequest(format, body).map(problem => `request to ${format}: ${problem}`),
    ),
    ...streams.flatMap(({ answer }) =>
      problemsOfStream(agent.format, answer).map(problem => `stream of ${agent.format}: ${problem}`),
    ),
  ]
}

function endProblems(run: AgentRun): string[] {
  if (run.tookTooLong) return [`it did not end: ${lastLines(run)}`]
  if (run.code !== 0) return [`exit code ${run.code}: ${lastLines(run)}`]
  const lost = quotations.filter(quotation => !run.stdout.includes(quotation))
  return lost.map(quotation => `it does not say ${quotation}, but ${run.stdout.trim().slice(-400)}`)
}

function lastLines({ stdout, stderr }: AgentRun): string {
  return `${stdout.trim().slice(-300)} ${stderr.trim().slice(-300)}`.trim()
}
