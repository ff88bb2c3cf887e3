// A request as bytes, made once and sent many times.

/** Where and how a subject wants to be asked. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export function encodeRequest(target: Target, body: string): Buffer {
  const lines = [
    `POST ${target.path} HTTP/1.1`,
    `host: ${target.host}:${target.port}`,
    'content-type: application/json',
    'accept: */*',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(target.headers).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
