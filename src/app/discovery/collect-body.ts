// Takes a streamed answer whole, up to a limit.

import type { ReplyStream } from '../../call.ts'
import { GatewayError } from '../../errors.ts'

/** @throws GatewayError `upstream_malformed` for a longer one, and whatever the stream fails with */
export function collectBody(stream: ReplyStream, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    stream.read({
      data(chunk) {
        chunks.push(chunk)
        size += chunk.length
        if (size <= maxBytes) return
        stream.abort()
        const message = `The list is larger than ${maxBytes} bytes.`
        reject(new GatewayError('upstream_malformed', { message }))
      },
      end(last) {
        if (last !== undefined) chunks.push(last)
        resolve(Buffer.concat(chunks))
      },
      fail: reject,
    })
  })
}
