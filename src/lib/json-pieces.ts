// JSON of documents with long lists, written in pieces, so that what waits meanwhile gets its turn.

import { itemsAtOnce } from './slices.ts'

/**
 * The bytes that `JSON.stringify` would write of plain data. Lists that stand in the document itself are taken apart.
 */
export function* jsonSteps(document: object): Generator<void, readonly Buffer[]> {
  const fields = Object.entries(document) as [string, unknown][]
  if (Array.isArray(document) || !fields.some(([, value]) => isLong(value)))
    return [Buffer.from(JSON.stringify(document))]
  const pieces: Buffer[] = []
  let text = '{'
  for (const [name, value] of fields) {
    if (value === undefined) continue
    const comma = text === '{' ? '' : ','
    text += `${comma}${JSON.stringify(name)}:`
    if (!isLong(value)) {
      text += JSON.stringify(value)
      continue
    }
    text += '['
    for (let start = 0; start < value.length; start += itemsAtOnce) {
      const items = JSON.stringify(value.slice(start, start + itemsAtOnce)).slice(1, -1)
      pieces.push(Buffer.from(text + items))
      text = ','
      yield
    }
    text = ']'
  }
  pieces.push(Buffer.from(`${text}}`))
  return pieces
}

function isLong(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > itemsAtOnce
}
