// What the main thread asks of the worker. Rows of the ledger are not among it: the worker reads them from the spool.

import type { DrainReport } from './drain.ts'
import type { StoredKey } from './keys.ts'
import type { LedgerRow } from './ledger-row.ts'
import type { Bounds, IndexedResponse, ResponseKey, StoredResponse } from './responses-table.ts'

/** Every operation with its input and result. `active` is `Spool.active` at the time of asking. */
export interface Operations {
  drain(input: { readonly active: number }): DrainReport
  recent(input: { readonly limit: number; readonly active: number }): LedgerRow[]
  find(input: { readonly id: string; readonly active: number }): LedgerRow | null
  /** Deletes at most `limit` rows that started before `before`; returns how many. */
  deleteBefore(input: { readonly before: number; readonly limit: number }): number
  insertKey(input: StoredKey): void
  revokeKey(input: { readonly id: string; readonly at: number }): boolean
  putResponse(input: IndexedResponse): void
  findResponse(input: ResponseKey): StoredResponse | null
  findResponseOfItem(input: ResponseKey): StoredResponse | null
  deleteResponse(input: ResponseKey): boolean
  /** Returns how many were deleted. */
  pruneResponses(input: Bounds): number
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
