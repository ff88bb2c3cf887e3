// Real coding agents through the gateway, each before an upstream of every wire format: `node scripts/agent-clis.ts`.
// They are installed on demand into .cache/agent-clis. A run of all writes docs/agent-clis.md.
//
//   --agent NAME, --upstream TYPE   only these; may be repeated
//   --keep FOLDER                   what passed between agent, gateway and upstream, one file for each run

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Agent, agents as allAgents } from '../test/agent-clis/agents.ts'
import { type BoardRow, writeBoard } from '../test/agent-clis/board.ts'
import { installAgents } from '../test/agent-clis/install.ts'
import { type Evidence, judge, type Verdict } from '../test/agent-clis/judge.ts'
import { startRecordingProxy } from '../test/agent-clis/recording-proxy.ts'
import { runAgent } from '../test/agent-clis/run-agent.ts'
import { type ScriptedUpstream, startScriptedUpstream } from '../test/agent-clis/scripted-upstream.ts'
import { configurationOf, type UpstreamKind, upstreamKinds } from '../test/agent-clis/upstreams.ts'
import { removeFolder, serviceKey, startGateway, withKey } from '../test/support/gateway-process.ts'

const installed = join(import.meta.dirname, '../.cache/agent-clis')
const limitMs = 90_000

const { values: options } = parseArgs({
  options: {
    agent: { type: 'string', multiple: true },
    upstream: { type: 'string', multiple: true },
    keep: { type: 'string' },
  },
})
const agents = allAgents.filter(({ name }) => options.agent?.includes(name) ?? true)
const kinds = upstreamKinds.filter(({ type }) => options.upstream?.includes(type) ?? true)

const missing = await installAgents(agents, installed)
for (const [, why] of missing) console.log(why)

let folder = ''
const rows: BoardRow[] = []
const upstream = await startScriptedUpstream(() => folder)
try {
  for (const kind of kinds) rows.push(...(await runBefore(kind, upstream)))
} finally {
  upstream.stop()
}

const failed = rows.filter(({ problem }) => problem !== null)
const everything = agents.length === allAgents.length && kinds.length === upstreamKinds.length
if (everything && missing.size === 0) writeBoard(rows)
console.log(`${rows.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 || missing.size > 0 ? 1 : 0

async function runBefore(kind: UpstreamKind, provider: ScriptedUpstream): Promise<BoardRow[]> {
  const gateway = await startGateway({ yaml: withKey(configurationOf(kind, provider.url, agents)) })
  const proxy = await startRecordingProxy(gateway.url)
  const found: BoardRow[] = []
  try {
    for (const agent of agents.filter(({ name }) => !missing.has(name))) {
      const enter = (path: string): void => {
        folder = path
      }
      const run = await runAgent(agent, { installed, url: proxy.url, key: serviceKey, limitMs, enter })
      const seen = { passed: proxy.take(), asked: provider.takeAsked(), faults: provider.takeFaults() }
      const evidence = { agent, kind, run, ...seen }
      const verdict = judge(evidence)
      found.push({ agent, kind, ...verdict })
      report(evidence, verdict)
    }
  } finally {
    proxy.stop()
    await gateway.stop()
    removeFolder(gateway.folder)
  }
  return found
}

function report(evidence: Evidence, { problem, warnings }: Verdict): void {
  const { agent, kind, passed } = evidence
  console.log(
    `${problem === null ? 'pass' : 'FAIL'}  ${agent.name} -> ${kind.type} (${passed.length} requests)`,
  )
  if (problem !== null) console.log(`      ${problem}`)
  for (const warning of warnings) console.log(`      ${warning}`)
  if (options.keep !== undefined) keep(agent, evidence, options.keep)
}

function keep({ name }: Agent, evidence: Evidence, target: string): void {
  mkdirSync(target, { recursive: true })
  const { kind, run, asked, faults } = evidence
  const passed = evidence.passed.map(({ answer, ...exchange }) => ({
    ...exchange,
    answer: answer.toString(),
  }))
  const file = join(target, `${name.replaceAll(' ', '-')}-${kind.type}.json`)
  writeFileSync(file, JSON.stringify({ run, passed, asked, faults }, null, 2))
}
