import { defineConfig } from 'vitest/config'
import { createUnsteadyReporter } from './test/support/unsteady-reporter.ts'

/** Where .ci/run wants to count the results. */
const report = process.env['TEST_REPORT']

/**
 * `unit` needs no service and no network but loopback; `service` needs what `.ci/run` installs and starts;
 * `conformance` needs recorded traffic (LLM_PROXY_SHARED).
 */
export default defineConfig({
  test: {
    reporters: [
      'default',
      createUnsteadyReporter(),
      ...(report === undefined ? [] : [['json', { outputFile: report }] satisfies [string, object]]),
    ],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [
            'test/service/**',
            'test/conformance/**',
            'test/fault-board/**',
            '**/node_modules/**',
            'bench/.work/**',
          ],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/fault-board/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Its timers are short: on a machine that is busy with something else they ring too early. What passed only
          // when tried again is named at the end.
          fileParallelism: false,
          retry: 2,
        },
      },
      {
        test: {
          name: 'service',
          include: ['test/service/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
