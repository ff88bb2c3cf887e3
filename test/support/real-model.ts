// A real language model behind a server that nobody here wrote, where the machine has one: the tool `real-model` of the
// folder LLM_PROXY_SHARED.

import { join } from 'node:path'
import { findFreePort } from '../../bench/lib/free-port.ts'
import { packageSettings, startChild } from './child-process.ts'
import { repository } from './gateway-process.ts'
import { waitUntil } from './wait-until.ts'

export const realModelName = 'smollm2-135m'

const shared = process.env['LLM_PROXY_SHARED']

export const hasRealModel = shared !== undefined

export interface RealModel {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** How many requests it works on. */
  countBusySlots(): Promise<number>
  stop(): Promise<unknown>
}

/** Resolves when it answers: after a minute the first time, because it is installed then. */
export async function startRealModel(environment: Readonly<Record<string, string>> = {}): Promise<RealModel> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const folder = join(repository, '.cache/real-model')
  const child = startChild(join(shared ?? '', 'tools/real-model'), [folder, String(port)], {
    environment: { ...packageSettings(), ...environment },
  })
  const answers = (): Promise<boolean> =>
    fetch(`${url}/health`).then(
      ({ status }) => status === 200,
      () => false,
    )
  await waitUntil('the real model answers', () => child.hasExited || answers(), { totalMs: 300_000 })
  if (child.hasExited) throw new Error(`The real model ended: ${child.stderr()}`)
  return {
    url,
    async countBusySlots() {
      const slots = (await (await fetch(`${url}/slots`)).json()) as { is_processing: boolean }[]
      return slots.filter(slot => slot.is_processing).length
    },
    stop: () => child.stop(),
  }
}
