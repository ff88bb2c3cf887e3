// Passes a request on as it came: any method, a body that is a stream, an answer that is one.

import type { Authorize, RelayReply, RelayRequest, RelaySend } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Dispatch } from './dispatch.ts'

export function createRelay(dispatch: Dispatch): RelaySend {
  async function relay(request: RelayRequest): Promise<RelayReply> {
    const { connection } = request.target
    if (connection.answer !== undefined)
      throw new GatewayError('invalid_request', { message: `${connection.provider} takes no raw requests.` })
    const headers = [...connection.headersFor(request.key), ...request.headers]
    if (connection.authorize !== undefined)
      headers.push(...(await sign(request, headers, connection.authorize)))
    const { method, path, body } = request
    const reply = await dispatch(
      { ...request, streaming: false, relayed: true },
      { method, path, headers, body },
    )
    if (Buffer.isBuffer(reply.body)) throw new Error('a relayed answer is a stream')
    return { ...reply, body: reply.body }
  }

  return relay
}

async function sign(
  { method, path, body, target }: RelayRequest,
  headers: readonly string[],
  authorize: Authorize,
): Promise<readonly string[]> {
  if (body !== null && !Buffer.isBuffer(body)) throw new Error('a stream cannot be signed')
  const { origin } = target.connection
  return await authorize({ method, origin, path, headers, body: body ?? Buffer.alloc(0) })
}
