// Answers that need not be sent again: named by their content, so that who has them already is told so.

import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { jsonSteps } from '../../lib/json-pieces.ts'
import { runInSlices } from '../../lib/slices.ts'

export interface Cached {
  /** What the answer is named by. */
  readonly content: object
  /** What is sent beside it though it changes all the time: an age. */
  readonly beside?: object
  readonly maxAgeSeconds: number
}

/** Sends the content, or 304 where the client has it. */
export async function sendCached(
  request: FastifyRequest,
  reply: FastifyReply,
  { content, beside, maxAgeSeconds }: Cached,
): Promise<FastifyReply> {
  const { pieces, tag } = await runInSlices(nameSteps(content))
  void reply.header('etag', tag).header('cache-control', `private, max-age=${maxAgeSeconds}`)
  if (holds(request.headers['if-none-match'], tag)) return reply.code(304).send()
  void reply.type('application/json; charset=utf-8')
  return reply.send(Buffer.concat(beside === undefined ? pieces : [...open(pieces), closing(beside)]))
}

function* nameSteps(content: object) {
  const pieces = yield* jsonSteps(content)
  const hash = createHash('sha256')
  for (const piece of pieces) {
    hash.update(piece)
    if (pieces.length > 1) yield
  }
  return { pieces, tag: `W/"${hash.digest('base64url').slice(0, 22)}"` }
}

/** Without the brace at the end. */
function open(pieces: readonly Buffer[]): readonly Buffer[] {
  const last = pieces.at(-1) ?? Buffer.alloc(0)
  return [...pieces.slice(0, -1), last.subarray(0, -1)]
}

function closing(beside: object): Buffer {
  return Buffer.from(`,${JSON.stringify(beside).slice(1)}`)
}

/** Weak comparison, of a list of names or `*`. https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match */
function holds(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return header.split(',').some(name => strip(name.trim()) === strip(tag))
}

function strip(name: string): string {
  return name.startsWith('W/') ? name.slice(2) : name
}
