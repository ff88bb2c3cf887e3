// Calls between the benchmark and its helper processes over Node's own channel: a name, a value, an answer.

import type { ChildProcess } from 'node:child_process'

interface Call {
  readonly id: number
  readonly method: string
  readonly input: unknown
}

type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string }

/** What a helper offers: plain data in, plain data out. */
export type Methods = { readonly [name: string]: (input: never) => unknown }

/** Calls what the helper offers; rejects when it fails, or when the helper is gone. */
export type Remote<Offered extends Methods> = <Name extends keyof Offered & string>(
  method: Name,
  input: Parameters<Offered[Name]>[0],
) => Promise<Awaited<ReturnType<Offered[Name]>>>

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
}

export function createRemote<Offered extends Methods>(child: ChildProcess): Remote<Offered> {
  const pending = new Map<number, Pending>()
  let lastId = 0
  child.on('message', message => {
    const answer = message as Answer
    const call = pending.get(answer.id)
    pending.delete(answer.id)
    if (answer.error === undefined) call?.resolve(answer.result)
    else call?.reject(new Error(answer.error))
  })
  child.on('exit', () => {
    for (const call of pending.values()) call.reject(new Error('a helper process has ended'))
    pending.clear()
  })
  return (method, input) =>
    new Promise<never>((resolve, reject) => {
      lastId += 1
      pending.set(lastId, { resolve: resolve as (result: unknown) => void, reject })
      child.send({ id: lastId, method, input } satisfies Call, error => {
        if (error !== null) reject(error)
      })
    })
}

/** In the helper: answers until the benchmark is gone, and then ends the process. */
export function serveRemote(methods: Methods): void {
  process.on('message', message => {
    const { id, method, input } = message as Call
    const offered = methods[method]
    const run = async () => {
      if (offered === undefined) throw new Error(`no method ${method}`)
      return offered(input as never)
    }
    run().then(
      result => process.send?.({ id, result } satisfies Answer),
      (error: unknown) => process.send?.({ id, error: String(error) } satisfies Answer),
    )
  })
  // A Ctrl-C reaches the whole group: the benchmark decides when its helpers end.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.exit(0))
}
