// Runs the Python clients of the service suite in their own environment, which scripts/install-python-clients.sh makes.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { packageSettings, run } from './child-process.ts'
import { repository } from './gateway-process.ts'

const python = join(repository, '.cache/python/bin/python')

export const pythonScripts = join(repository, 'test/service/python')

/** Makes the environment where it is missing. Takes a minute the first time. */
export async function installPythonClients(): Promise<void> {
  const environment = packageSettings()
  const end = await run(join(repository, 'scripts/install-python-clients.sh'), [], { environment })
  if (end.code !== 0 || !existsSync(python)) throw new Error(`The Python clients: ${end.stderr}`)
}

export interface PythonTarget {
  readonly url: string
  readonly key: string
}

/** Runs one function of a script against a gateway; fails with what Python says. */
export async function expectPython(
  target: PythonTarget,
  parameters: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const end = await run(python, [...parameters], {
    folder: pythonScripts,
    environment: {
      LLM_PROXY_URL: target.url,
      LLM_PROXY_KEY: target.key,
      PYTHONDONTWRITEBYTECODE: '1',
      ...more,
    },
  })
  expect(end.code, `${parameters.join(' ')}\n${end.stdout}\n${end.stderr}`).toBe(0)
}

/** Functions of run_documented.py. */
export const documentedPrograms = [
  ['chat_application'],
  ['chat_application_with_a_wrong_key'],
  ['document_comparison'],
  ['recommendation_system'],
  ['real_time_monitor'],
  ['load_tester'],
  ['multi_language_chat'],
  ['sentiment_analyzer'],
  ['content_generator'],
  ['intelligent_translator'],
  ['document_analyzer'],
] as const
