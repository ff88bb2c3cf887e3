// The floor as a subject.

import { fileURLToPath } from 'node:url'
import type { Subject } from './subject.ts'
import { startAndWait } from './subject.ts'

const script = fileURLToPath(new URL('../floor/server.ts', import.meta.url))

export const floor: Subject = {
  name: 'floor',
  features: 'one parse of the request and one of the answer; streams are piped',
  isPeer: false,
  anthropic: null,
  prepare: async () => {},
  readVersion: async () => `node ${process.version}`,
  async start({ launcher, core, upstreamPort, streamed }) {
    const { launched, origin, readyMs } = await startAndWait({
      launcher,
      launch: {
        command: process.execPath,
        arguments: [script, `http://127.0.0.1:${upstreamPort}`, ...(streamed ? ['pipe'] : [])],
        core,
      },
      origin: null,
      healthPath: '/health',
      timeoutMs: 10_000,
    })
    return {
      launched,
      readyMs,
      target: { host: origin.hostname, port: Number(origin.port), path: '/v1/chat/completions', headers: {} },
    }
  },
}
