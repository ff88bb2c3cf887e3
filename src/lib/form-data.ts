// Reads a form (multipart/form-data) in its bytes, and changes single fields of it there: the files between them stay
// byte by byte as they came. https://www.rfc-editor.org/rfc/rfc7578 https://www.rfc-editor.org/rfc/rfc2046#section-5.1

/** One part: offsets in bytes, ends exclusive. */
export interface FormPart {
  readonly name: string
  /** Null for a field of text. */
  readonly fileName: string | null
  /** Of the delimiter before the part. */
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
}

export interface FormPlaces {
  readonly boundary: string
  readonly parts: readonly FormPart[]
}

/** A text in place of a field, or null to take it out. */
export type FormEdits = Readonly<Record<string, string | null>>

/** What is wrong with a form, in words that complete "The form …". */
export class FormError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FormError'
  }
}

const maxParts = 1_000
const maxHeaderBytes = 16_384
const lineEnd = '\r\n'
const blankLine = Buffer.from('\r\n\r\n')

/** The boundary that a content type names; null where it is no form or names none that is allowed. */
export function readBoundary(contentType: string): string | null {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType)) return null
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain ?? ''
  return /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary) ? boundary : null
}

/** @throws FormError */
export function findParts(body: Buffer, boundary: string): FormPlaces {
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: FormPart[] = []
  let at = findFirst(body, delimiter)
  for (;;) {
    const headStart = at + delimiter.length
    if (body.toString('latin1', headStart, headStart + 2) === '--') return { boundary, parts }
    if (parts.length === maxParts) throw new FormError(`has more than ${maxParts} parts`)
    const part = readPart(body, { start: at, headStart: skipPadding(body, headStart), delimiter })
    parts.push(part)
    at = part.valueEnd + lineEnd.length
  }
}

/** The delimiter that begins the form; what stands before it means nothing. */
function findFirst(body: Buffer, delimiter: Buffer): number {
  if (body.subarray(0, delimiter.length).equals(delimiter) && isDelimiterEnd(body, delimiter.length)) return 0
  const found = findDelimiter(body, delimiter, 0)
  if (found === -1) throw new FormError('does not hold the boundary that its content-type names')
  return found + lineEnd.length
}

/** Offset of the line end before the next delimiter; -1 where there is none. */
function findDelimiter(body: Buffer, delimiter: Buffer, from: number): number {
  const needle = Buffer.concat([Buffer.from(lineEnd), delimiter])
  let at = body.indexOf(needle, from)
  // A longer line that begins like the delimiter belongs to the file.
  while (at !== -1 && !isDelimiterEnd(body, at + needle.length)) at = body.indexOf(needle, at + 1)
  return at
}

function isDelimiterEnd(body: Buffer, at: number): boolean {
  if (body.toString('latin1', at, at + 2) === '--') return true
  return body.toString('latin1', skipBlanks(body, at), skipBlanks(body, at) + 2) === lineEnd
}

function skipPadding(body: Buffer, from: number): number {
  return skipBlanks(body, from) + lineEnd.length
}

function skipBlanks(body: Buffer, from: number): number {
  let at = from
  while (body[at] === 0x20 || body[at] === 0x09) at++
  return at
}

function readPart(
  body: Buffer,
  { start, headStart, delimiter }: { start: number; headStart: number; delimiter: Buffer },
): FormPart {
  // A part without headers begins with the blank line itself.
  const headEnd = body.indexOf(blankLine, headStart - lineEnd.length)
  if (headEnd === -1 || headEnd - headStart > maxHeaderBytes)
    throw new FormError('has a part whose headers do not end')
  const valueStart = headEnd + blankLine.length
  const valueEnd = findDelimiter(body, delimiter, valueStart - lineEnd.length)
  if (valueEnd === -1) throw new FormError('ends before its last boundary')
  if (valueEnd < valueStart) throw new FormError('has a part without a value')
  const { name, fileName } = readDisposition(body.toString('utf8', headStart, Math.max(headStart, headEnd)))
  return { name, fileName, start, valueStart, valueEnd }
}

function readDisposition(head: string): { name: string; fileName: string | null } {
  const line = head.split(lineEnd).find(text => /^content-disposition\s*:/i.test(text)) ?? ''
  const parameters = new Map<string, string>()
  for (const [, key = '', quoted, plain] of line.matchAll(
    /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g,
  ))
    parameters.set(key.toLowerCase(), quoted === undefined ? (plain ?? '') : unquote(quoted))
  const name = parameters.get('name')
  if (name === undefined) throw new FormError('has a part without a name')
  return { name, fileName: parameters.get('filename') ?? parameters.get('filename*') ?? null }
}

/** Browsers escape quotes by percent signs, others by backslashes. */
function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1').replace(/%22/g, '"')
}

/** A copy of the form with the edits made: everywhere where a field stands, and before all others where it is missing. */
export function spliceForm(body: Buffer, { boundary, parts }: FormPlaces, edits: FormEdits): Buffer {
  const pieces: Buffer[] = []
  let from = 0
  const present = new Set(parts.map(({ name }) => name))
  const added = Object.entries(edits).filter(([name, text]) => text !== null && !present.has(name))
  const first = parts[0]
  if (first === undefined && added.length > 0) throw new FormError('has no parts')
  if (first !== undefined && added.length > 0) {
    pieces.push(
      body.subarray(0, first.start),
      ...added.map(([name, text]) => writeField(boundary, name, text ?? '')),
    )
    from = first.start
  }
  for (const { name, start, valueStart, valueEnd } of parts) {
    const text = Object.hasOwn(edits, name) ? edits[name] : undefined
    if (text === undefined) continue
    if (text === null) {
      pieces.push(body.subarray(from, start))
      from = valueEnd + lineEnd.length
    } else {
      pieces.push(body.subarray(from, valueStart), Buffer.from(text))
      from = valueEnd
    }
  }
  return pieces.length === 0 ? body : Buffer.concat([...pieces, body.subarray(from)])
}

function writeField(boundary: string, name: string, text: string): Buffer {
  const quoted = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  return Buffer.from(
    `--${boundary}${lineEnd}Content-Disposition: form-data; name="${quoted}"${lineEnd}${lineEnd}${text}${lineEnd}`,
  )
}
