// Amazon's event-stream frames, by Amazon's own codec.
// https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html

import { EventStreamCodec } from '@smithy/eventstream-codec'

export interface AwsEvent {
  /** `:event-type`, or `:exception-type`. */
  readonly type: string
  readonly kind: 'event' | 'exception' | 'error'
  readonly data: string
}

const codec = new EventStreamCodec(
  bytes => Buffer.from(bytes).toString(),
  text => Buffer.from(text),
)

export function readAwsEvents(bytes: Buffer): AwsEvent[] {
  const events: AwsEvent[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const { headers, body } = codec.decode(bytes.subarray(at, at + length))
    const kind = String(headers[':message-type']?.value ?? 'event') as AwsEvent['kind']
    const type = headers[':event-type'] ?? headers[':exception-type'] ?? headers[':error-code']
    events.push({ kind, type: String(type?.value ?? ''), data: Buffer.from(body).toString() })
    at += length
  }
  return events
}

export function writeAwsEvent({ type, kind, data }: AwsEvent): Buffer {
  const name = kind === 'event' ? ':event-type' : ':exception-type'
  const encoded = codec.encode({
    headers: {
      [name]: { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: kind },
    },
    body: Buffer.from(data),
  })
  return Buffer.from(encoded)
}
