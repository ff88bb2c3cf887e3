// What kind of file bytes are, by their first ones: what a client or a server says of them is often wrong.

type Signature = readonly [mediaType: string, offset: number, bytes: string]

/** Offsets in bytes, contents as one character a byte. */
const signatures: readonly Signature[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/heic', 4, 'ftypheic'],
  ['image/bmp', 0, 'BM'],
  ['application/pdf', 0, '%PDF-'],
  ['audio/wav', 8, 'WAVE'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/flac', 0, 'fLaC'],
  ['audio/ogg', 0, 'OggS'],
  ['video/mp4', 4, 'ftyp'],
  ['video/webm', 0, '\x1a\x45\xdf\xa3'],
]

/**
 * @param declared a `content-type`, for files that have no signature
 * @returns a media type without parameters
 */
export function sniffMediaType(bytes: Buffer, declared?: string | readonly string[]): string {
  const head = bytes.toString('latin1', 0, 16)
  const known = signatures.find(([, offset, mark]) => head.startsWith(mark, offset))
  if (known !== undefined) return known[0]
  const said = typeof declared === 'string' ? declared : declared?.[0]
  return said?.split(';')[0]?.trim().toLowerCase() || 'application/octet-stream'
}

/** The same for base64. */
export function sniffBase64(data: string, declared?: string): string {
  return sniffMediaType(Buffer.from(data.slice(0, 24), 'base64'), declared)
}
