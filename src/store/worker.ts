// The thread that owns the database: answers one request after another, in the order of their arrival.

import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase, spoolPath } from './database.ts'
import { createDrain } from './drain.ts'
import { insertKey, revokeKey } from './keys.ts'
import { deleteRowsBefore, findRow, readRecentRows } from './ledger-table.ts'
import {
  deleteResponse,
  findResponse,
  findResponseOfItem,
  pruneResponses,
  putResponse,
} from './responses-table.ts'
import type { Operations, WorkerAnswer, WorkerRequest } from './worker-protocol.ts'

const { directory } = workerData as { directory: string }
const database = openDatabase(directory)
const drain = createDrain(database, spoolPath(directory))

const operations: Operations = {
  drain: ({ active }) => drain(active),
  recent({ limit, active }) {
    drain(active)
    return readRecentRows(database, limit)
  },
  find({ id, active }) {
    drain(active)
    return findRow(database, id)
  },
  deleteBefore: ({ before, limit }) => deleteRowsBefore(database, before, limit),
  insertKey: key => insertKey(database, key),
  revokeKey: ({ id, at }) => revokeKey(database, id, at),
  putResponse: response => putResponse(database, response),
  findResponse: key => findResponse(database, key),
  findResponseOfItem: key => findResponseOfItem(database, key),
  deleteResponse: key => deleteResponse(database, key),
  pruneResponses: bounds => pruneResponses(database, bounds),
  close: () => database.close(),
}

parentPort?.on('message', (request: WorkerRequest) => {
  parentPort?.postMessage(answer(request))
})

function answer(request: WorkerRequest): WorkerAnswer {
  try {
    const operation = operations[request.name] as (input: unknown) => unknown
    return { number: request.number, error: null, result: operation(request.input) }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    return { number: request.number, error, result: null }
  }
}
