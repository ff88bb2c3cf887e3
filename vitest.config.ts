import { defineConfig } from 'vitest/config'

/**
 * `unit` needs no service and no network but loopback; `service` needs what `.ci/run` installs and starts;
 * `conformance` needs recorded traffic (LLM_PROXY_SHARED).
 */
export default defineConfig({
  test: {
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
          // Its timers are short: on a machine that is busy with something else they ring too early.
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
