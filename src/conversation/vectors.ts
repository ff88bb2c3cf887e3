// Vectors as numbers and as base64: the two ways in which embeddings travel. A number takes 4 bytes, little-endian.

import type { Vector } from './embedding.ts'

const bytesPerNumber = 4

export function asNumbers(vector: Vector): readonly number[] {
  if (typeof vector !== 'string') return vector
  const bytes = Buffer.from(vector, 'base64')
  const numbers: number[] = []
  for (let at = 0; at + bytesPerNumber <= bytes.length; at += bytesPerNumber)
    numbers.push(bytes.readFloatLE(at))
  return numbers
}

export function asBase64(vector: Vector): string {
  if (typeof vector === 'string') return vector
  const bytes = Buffer.allocUnsafe(vector.length * bytesPerNumber)
  for (let index = 0; index < vector.length; index++)
    bytes.writeFloatLE(vector[index] ?? 0, index * bytesPerNumber)
  return bytes.toString('base64')
}
