// What the main thread asks of the worker. Rows to be stored are not among it: the worker reads them from the spool.

import type { DrainReport } from './drain.ts'
import type { StoredKey } from './keys.ts'
import type { LedgerRow } from './ledger-row.ts'

/** Every operation with its input and result. `active` is `Spool.active` at the time of asking. */
export interface Operations {
  drain(input: { readonly active: number }): DrainReport
  recent(input: { readonly limit: number; readonly active: number }): LedgerRow[]
  find(input: { readonly id: string; readonly active: number }): LedgerRow | null
  /** Deletes at most `limit` rows that started before `before`; returns how many. */
  deleteBefore(input: { readonly before: number; readonly limit: number }): number
  insertKey(input: StoredKey): void
  revokeKey(input: { readonly id: string; readonly at: number }): boolean
  close(input: null): void
}

export type OperationName = keyof Operations

export interface WorkerRequest {
  readonly number: number
  readonly name: OperationName
  readonly input: unknown
}

export interface WorkerAnswer {
  readonly number: number
  /** The message of what was thrown; null where the operation succeeded. */
  readonly error: string | null
  readonly result: unknown
}
