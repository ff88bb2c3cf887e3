// The answer to a question that is no request to a model: one document.

import type { ServerResponse } from 'node:http'
import { jsonSteps } from '../lib/json-pieces.ts'
import { runInSlices } from '../lib/slices.ts'

/** Resolves when it is handed over. A short document is written at once. */
export async function sendJson(response: ServerResponse, document: object): Promise<void> {
  const pieces = await runInSlices(jsonSteps(document))
  // The client may have left meanwhile.
  if (response.destroyed) return
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': length })
  response.cork()
  for (const piece of pieces) response.write(piece)
  response.uncork()
  response.end()
}
