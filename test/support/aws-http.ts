// Sends the requests of an SDK of AWS over HTTP/1.1. Its client of Bedrock speaks HTTP/2 where nobody says otherwise;
// outside of tests, that is `requestHandler: new NodeHttpHandler()` of `@smithy/node-http-handler`.

import { Readable } from 'node:stream'
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime'

type RequestHandler = NonNullable<BedrockRuntimeClientConfig['requestHandler']>

interface SdkRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array
}

export const overHttp1: RequestHandler = {
  metadata: { handlerProtocol: 'http/1.1' },
  async handle(request: SdkRequest) {
    const { protocol, hostname, port, path, method, headers, body } = request
    const { host: _host, 'content-length': _length, ...others } = headers
    const address = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`
    const response = await fetch(address, { method, headers: others, body: (body as string) ?? null })
    return {
      response: {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as never),
      },
    }
  },
} as unknown as RequestHandler
