// The answer to a question that is no request to a model: one document.

import type { ServerResponse } from 'node:http'

export function sendJson(response: ServerResponse, document: object): void {
  const body = JSON.stringify(document)
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
