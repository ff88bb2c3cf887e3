// Installs the agents into a folder of their own, once: they are large, and no part of the project.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageSettings, run } from '../support/child-process.ts'
import { type Agent, commandOf } from './agents.ts'

/** What went wrong with each that cannot be started; empty where all is well. */
export async function installAgents(
  agents: readonly Agent[],
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const wanted = JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(agents.map(agent => [agent.package, agent.version])),
  })
  const done = join(folder, 'installed.json')
  let why = ''
  if (!existsSync(done) || readFileSync(done, 'utf8') !== wanted) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), wanted)
    const parameters = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    const ended = await run('npm', parameters, { folder, environment: packageSettings() })
    if (ended.code === 0) writeFileSync(done, wanted)
    else why = ended.stderr.trim()
  }
  return new Map(agents.flatMap(agent => problemOf(agent, { folder, why })))
}

function problemOf(agent: Agent, { folder, why }: { folder: string; why: string }): [string, string][] {
  try {
    commandOf(agent, folder)
    return []
  } catch (thrown) {
    return [[agent.name, `${String(thrown)} ${why}`.trim()]]
  }
}
