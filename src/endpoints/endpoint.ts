// The contract of a public operation: where it is found, and which format its clients speak.

import type { Operation } from '../call.ts'
import type { Format } from '../formats/format.ts'

export interface Endpoint {
  /** `*` for an endpoint that passes on whatever method it is asked by. */
  readonly method: 'POST' | '*'
  /** The path as declared, placeholders included: the label of the route in log and metrics. See route.ts. */
  readonly route: string
  readonly operation: Operation
  readonly format: Format
  /** Whether the answer is streamed, where the path says so. */
  readonly streaming?: boolean
  /** Clients may send their key as `?key=`. */
  readonly keyInQuery?: boolean
  /** The same for clients of Mistral, where they ask at the same address and want answers of their own. */
  readonly forMistral?: Endpoint
  /** What the query must say; of the endpoints of one path, the first that fits is meant. */
  readonly query?: { readonly name: string; readonly value: string }
}
