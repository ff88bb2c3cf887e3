// The files of the spool: `spool/000000000042.jsonl`, numbered upwards and never reused. Written by spool.ts, read by drain.ts.

import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

const fileName = /^(\d{12})\.jsonl$/

export function segmentPath(directory: string, sequence: number): string {
  return join(directory, `${String(sequence).padStart(12, '0')}.jsonl`)
}

/** The numbers of the segments in the directory, ascending. Other files are passed over. */
export function listSegments(directory: string): number[] {
  const sequences: number[] = []
  for (const name of readdirSync(directory)) {
    const match = fileName.exec(name)
    if (match !== null) sequences.push(Number(match[1]))
  }
  return sequences.sort((left, right) => left - right)
}

export interface LineChunk {
  /** Without their newlines. */
  readonly lines: readonly string[]
  /** Where the next chunk starts, in bytes. */
  readonly end: number
}

/**
 * Calls back with the complete lines of a segment from `offset` on, some hundred kilobytes at a time. Bytes after the last
 * newline are left alone: a line still to be finished, or one that a dying process tore.
 */
export function readLines(path: string, offset: number, take: (chunk: LineChunk) => void): void {
  const file = openSync(path, 'r')
  try {
    let buffer = Buffer.allocUnsafe(256 * 1024)
    let position = offset
    for (;;) {
      const length = readSync(file, buffer, 0, buffer.length, position)
      const end = length === 0 ? -1 : buffer.lastIndexOf(0x0a, length - 1)
      if (end >= 0) {
        position += end + 1
        take({ lines: buffer.toString('utf8', 0, end).split('\n'), end: position })
      } else if (length === buffer.length) {
        buffer = Buffer.allocUnsafe(buffer.length * 2)
      } else return
    }
  } finally {
    closeSync(file)
  }
}
