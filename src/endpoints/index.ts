// Every public operation, one line each.

import type { Operation } from '../call.ts'
import type { Format } from '../formats/format.ts'
import type { Endpoint } from './endpoint.ts'

/** Operation -> name of the format of its clients and of the upstreams that speak it. */
const operations: ReadonlyArray<{
  readonly route: string
  readonly operation: Operation
  readonly format: string
}> = [
  { route: '/v1/chat/completions', operation: 'chat', format: 'openai-chat' },
  { route: '/v1/completions', operation: 'completion', format: 'openai-completions' },
  { route: '/v1/embeddings', operation: 'embedding', format: 'openai-embeddings' },
]

export function listEndpoints(formats: Readonly<Record<string, Format>>): readonly Endpoint[] {
  return operations.map(({ route, operation, format: name }) => {
    const format = formats[name]
    if (format === undefined) throw new Error(`the format ${name} is not in the list of formats`)
    return { method: 'POST', route, operation, format }
  })
}
