import { expect, test } from 'vitest'
import { loadConfiguration } from '../config/load.ts'
import { namesWaitingForRestart } from './restart-only.ts'

function configurationOf(yaml: string) {
  const loaded = loadConfiguration({
    file: 'config.yaml',
    environment: {},
    knownProviders: [],
    readFile: () => yaml,
  })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.configuration
}

test('a changed port and a changed log wait for a restart, a changed limit does not', () => {
  const running = configurationOf(
    'server:\n  port: 8000\nrate_limit:\n  requests_per_window: 5\n  window_seconds: 1\n',
  )
  const loaded = configurationOf(
    'server:\n  port: 9000\nlogging:\n  level: ERROR\nrate_limit:\n  requests_per_window: 9\n  window_seconds: 1\n',
  )
  expect(namesWaitingForRestart(running, loaded)).toEqual(['server.port', 'logging'])
  expect(namesWaitingForRestart(running, running)).toEqual([])
})
