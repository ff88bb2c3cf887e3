// The main thread's side of the worker: starts it at the first request and again after it has died, pairs answers with requests.

import { Worker } from 'node:worker_threads'
import type { OperationName, Operations, WorkerAnswer, WorkerRequest } from './worker-protocol.ts'

export type CallWorker = <Name extends OperationName>(
  name: Name,
  input: Parameters<Operations[Name]>[0],
) => Promise<ReturnType<Operations[Name]>>

export interface WorkerClient {
  /** Rejects where the operation failed, or the worker died of it. */
  readonly call: CallWorker
  /** Closes the database and ends the thread. Does nothing where there is none. */
  close(): Promise<void>
  /** Ends the thread, whatever it is doing. */
  stop(): Promise<void>
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** In the sources the worker is TypeScript too, and Node strips its types; in `dist` it is JavaScript. */
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

export function createWorkerClient(directory: string): WorkerClient {
  let worker: Worker | null = null
  let lastNumber = 0
  const waiting = new Map<number, Waiting>()

  const settle = (message: WorkerAnswer) => {
    const request = waiting.get(message.number)
    waiting.delete(message.number)
    // A thread without work does not keep the process alive; one with work does.
    if (waiting.size === 0) worker?.unref()
    if (message.error === null) request?.resolve(message.result)
    else request?.reject(new Error(message.error))
  }

  const start = (): Worker => {
    const started = startWorker(directory)
    let reason = new Error('The thread of the database ended.')
    started.on('message', settle)
    started.on('error', (error: Error) => {
      reason = error
    })
    started.on('exit', () => {
      if (worker === started) worker = null
      const lost = [...waiting.values()]
      waiting.clear()
      for (const request of lost) request.reject(reason)
    })
    return started
  }

  const call: CallWorker = (name, input) => {
    const target = worker ?? start()
    worker = target
    lastNumber += 1
    const request: WorkerRequest = { number: lastNumber, name, input }
    return new Promise((resolve, reject) => {
      waiting.set(request.number, {
        resolve: result => resolve(result as ReturnType<Operations[typeof name]>),
        reject,
      })
      target.ref()
      target.postMessage(request)
    })
  }

  const stop = async () => {
    await worker?.terminate()
  }

  return {
    call,
    stop,
    async close() {
      if (worker === null) return
      await call('close', null)
      await stop()
    },
  }
}

function startWorker(directory: string): Worker {
  return new Worker(workerUrl, {
    workerData: { directory },
    name: 'store',
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 },
  })
}
