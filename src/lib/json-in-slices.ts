// Parses a large JSON document without holding up everything else for as long as that takes: the elements of its long
// lists are parsed a few at a time, with a pause between.

export interface SliceOptions {
  /** Lets others run. */
  readonly pause: () => Promise<void>
  /** Bytes that are looked through and parsed at a stroke. */
  readonly sliceBytes?: number
}

/** Below this a document is parsed at a stroke: that takes a millisecond. */
const defaultSliceBytes = 128 * 1024

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * The same value as `JSON.parse` gives, for a document that is a list, or an object with lists in its fields: these are
 * what is cut. Anything else is parsed at a stroke.
 * @throws SyntaxError
 */
export async function parseJsonInSlices(body: Buffer, options: SliceOptions): Promise<unknown> {
  const { pause, sliceBytes = defaultSliceBytes } = options
  if (body.length <= sliceBytes) return JSON.parse(body.toString())
  const scan = new ListScan(body)
  while (!scan.run(sliceBytes)) await pause()
  // What is not closed is for the parser to tell.
  const lists = scan.lists.filter(({ end }) => end !== -1)
  const values: unknown[][] = []
  for (const { cuts } of lists) values.push(await parseElements(body, cuts, { pause, sliceBytes }))
  return putTogether(body, lists, values)
}

interface FoundList {
  /** Places of its brackets. */
  readonly start: number
  end: number
  /** From the bracket that opens it over its commas to the one that closes it. */
  readonly cuts: number[]
}

/** Finds the lists of the document: itself, or those in its fields. A class because it is left and taken up again. */
class ListScan {
  readonly lists: FoundList[] = []
  readonly #body: Buffer
  /** What is open around the place. */
  #depth = 0
  /** That of the elements of the open list; -1 outside of lists. */
  #elementDepth = -1
  #place = 0
  #inText = false

  constructor(body: Buffer) {
    this.#body = body
  }

  /** Goes on for that many bytes; true at the end of the document. */
  run(bytes: number): boolean {
    const body = this.#body
    const end = Math.min(body.length, this.#place + bytes)
    for (let place = this.#place; place < end; place++) {
      const byte = body[place]
      if (this.#inText) {
        if (byte === backslash) place++
        else if (byte === quote) this.#inText = false
      } else if (byte === quote) this.#inText = true
      else this.#mark(byte, place)
      this.#place = place + 1
    }
    return this.#place >= body.length
  }

  #mark(byte: number | undefined, place: number): void {
    if (byte === openBracket || byte === openBrace) {
      this.#depth++
      if (byte === openBracket && this.#elementDepth === -1 && this.#depth <= 2) {
        this.#elementDepth = this.#depth
        this.lists.push({ start: place, end: -1, cuts: [place] })
      }
    } else if (byte === closeBracket || byte === closeBrace) {
      if (this.#depth === this.#elementDepth) this.#closeList(byte, place)
      this.#depth--
    } else if (byte === comma && this.#depth === this.#elementDepth) this.lists.at(-1)?.cuts.push(place)
  }

  #closeList(byte: number, place: number): void {
    const list = this.lists.at(-1)
    if (list === undefined || byte !== closeBracket) return
    list.end = place
    list.cuts.push(place)
    this.#elementDepth = -1
  }
}

async function parseElements(
  body: Buffer,
  cuts: readonly number[],
  { pause, sliceBytes }: Required<SliceOptions>,
): Promise<unknown[]> {
  const values: unknown[] = []
  let from = 0
  for (let until = 1; until < cuts.length; until++) {
    const [start = 0, end = 0] = [cuts[from], cuts[until]]
    if (end - start < sliceBytes && until < cuts.length - 1) continue
    // Elements with the commas between them, in brackets, are a list again.
    const part: unknown = JSON.parse(`[${body.toString('utf8', start + 1, end)}]`)
    if (!Array.isArray(part) || (part.length === 0 && cuts.length > 2))
      throw new SyntaxError('an element of a list is missing')
    for (const value of part) values.push(value)
    from = until
    await pause()
  }
  return values
}

/** The document with a number in the place of each list says into which field its values belong. */
function putTogether(body: Buffer, lists: readonly FoundList[], values: readonly unknown[][]): unknown {
  let skeleton = ''
  let from = 0
  for (const [index, { start, end }] of lists.entries()) {
    skeleton += `${body.toString('utf8', from, start)}[${index}]`
    from = end + 1
  }
  const parsed: unknown = JSON.parse(skeleton + body.toString('utf8', from))
  const valuesOf = (place: unknown): unknown =>
    Array.isArray(place) ? (values[place[0] as number] ?? []) : place
  if (Array.isArray(parsed)) return valuesOf(parsed)
  if (typeof parsed !== 'object' || parsed === null) return parsed
  return Object.fromEntries(Object.entries(parsed).map(([field, value]) => [field, valuesOf(value)]))
}
