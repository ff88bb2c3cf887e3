// A request for tests of rules: a plain one, changed where a test says so.

import type { AskedRequest } from './request-variables.ts'

export function askedRequest(changes: Partial<AskedRequest> = {}): AskedRequest {
  return {
    facts: {
      model: 'small',
      operation: 'chat',
      streaming: false,
      inputCharacters: 400,
      needs: { tools: false, vision: false, json: false, reasoning: false },
    },
    tenant: 'acme',
    keyId: 'key_1',
    headers: {},
    body: { model: 'small', messages: [{ role: 'user', content: 'Hello' }] },
    // A Tuesday.
    at: Date.UTC(2026, 1, 3, 14, 5),
    ...changes,
  }
}
