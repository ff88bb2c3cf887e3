// The load generator's process: takes its jobs from the benchmark over the channel between them.

import { serveRemote } from '../lib/remote.ts'
import { runClosedLoop } from './closed-loop.ts'
import { createHeldStreams } from './held-streams.ts'
import { runOpenLoop } from './open-loop.ts'
import { runStreamLoop } from './stream-loop.ts'

const held = createHeldStreams()

const methods = {
  runClosedLoop,
  runOpenLoop,
  runStreamLoop,
  openStreams: held.open,
  leaveStreams: held.leave,
  finishStreams: held.finish,
}

export type LoadMethods = typeof methods

serveRemote(methods)
