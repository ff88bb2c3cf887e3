// The ways in which a network cuts a stream.

export interface Chunking {
  readonly name: string
  cut(bytes: Buffer, format: string): readonly Buffer[]
}

export const chunkings: readonly Chunking[] = [
  { name: 'whole', cut: bytes => [bytes] },
  { name: 'one event per write', cut: cutByEvent },
  { name: '13 bytes', cut: bytes => cutBySize(bytes, 13) },
  { name: 'single bytes', cut: bytes => cutBySize(bytes, 1) },
]

function cutBySize(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

export function cutByEvent(bytes: Buffer, format: string): Buffer[] {
  if (format === 'bedrock-converse') return cutFrames(bytes)
  const border = format === 'ollama-chat' ? /(?<=\n)/ : /(?<=\n\n|\r\n\r\n)/
  return bytes
    .toString('latin1')
    .split(border)
    .map(part => Buffer.from(part, 'latin1'))
}

function cutFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + bytes.readUInt32BE(at)
    frames.push(bytes.subarray(at, end))
    at = end
  }
  return frames
}
