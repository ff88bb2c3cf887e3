// One run of an agent: in a home and a folder of its own, with a time limit, and what came of it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningChild, startChild } from '../support/child-process.ts'
import { type Agent, commandOf } from './agents.ts'
import { files, prompt } from './script.ts'

export interface AgentRun {
  readonly stdout: string
  readonly stderr: string
  /** Null where it was ended. */
  readonly code: number | null
  readonly tookTooLong: boolean
}

export interface Stage {
  readonly installed: string
  readonly url: string
  readonly key: string
  readonly limitMs: number
  /** Where a run begins, with the folder that holds the files. */
  readonly enter: (folder: string) => void
}

/** A port that nobody listens at: what an agent sends to anyone else ends there. */
const nowhere = 'http://127.0.0.1:9'

const closedNetwork = {
  HTTP_PROXY: nowhere,
  HTTPS_PROXY: nowhere,
  http_proxy: nowhere,
  https_proxy: nowhere,
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
}

export async function runAgent(agent: Agent, stage: Stage): Promise<AgentRun> {
  const root = mkdtempSync(join(tmpdir(), 'llm-proxy-agent-'))
  try {
    const home = join(root, 'home')
    const folder = join(root, 'harbour')
    for (const path of [home, folder]) mkdirSync(path)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    stage.enter(folder)
    const { parameters, environment } = agent.prepare({ ...stage, home, folder, prompt })
    const [command, ...before] = commandOf(agent, stage.installed)
    const child = startChild(command, [...before, ...parameters], {
      folder,
      environment: { ...closedNetwork, ...environment, HOME: home, TERM: 'dumb', CI: '1' },
      ownGroup: true,
    })
    return await awaitEnd(child, stage.limitMs)
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function awaitEnd(child: RunningChild, limitMs: number): Promise<AgentRun> {
  let tookTooLong = false
  const timeout = setTimeout(() => {
    tookTooLong = true
    endGroup(child.pid)
  }, limitMs)
  const { code } = await child.exited
  clearTimeout(timeout)
  // What the agent has started itself, and left running.
  endGroup(child.pid)
  return { code, tookTooLong, stdout: child.stdout(), stderr: child.stderr() }
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // They have all ended.
  }
}
