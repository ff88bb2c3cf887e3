// Where the conversation of a request is, asked of the other instances before its route is planned.

import type { Exchange } from './exchange.ts'
import type { ParsedRequest } from './request.ts'

/** Null where there is nothing to wait for. */
export function lookUpConversation(
  { snapshot, call, page }: Pick<Exchange, 'snapshot' | 'call' | 'page'>,
  { facts: { model }, body }: Pick<ParsedRequest, 'facts' | 'body'>,
): Promise<unknown> | null {
  if (snapshot.lookUpConversation === null) return null
  return snapshot.lookUpConversation({
    facts: { model, operation: call.endpoint.operation },
    tenant: page.tenant,
    keyId: page.keyId,
    headers: call.headers,
    body,
  })
}
