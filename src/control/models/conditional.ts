// Answers that need not be sent again: named by their content, so that who has them already is told so.

import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface Cached {
  /** What the answer is named by. */
  readonly content: object
  /** What is sent beside it though it changes all the time: an age. */
  readonly beside?: object
  readonly maxAgeSeconds: number
}

/** Sends the content, or 304 where the client has it. */
export function sendCached(
  request: FastifyRequest,
  reply: FastifyReply,
  { content, beside, maxAgeSeconds }: Cached,
): FastifyReply {
  const text = JSON.stringify(content)
  const tag = `W/"${hash('sha256', text, 'base64url').slice(0, 22)}"`
  void reply.header('etag', tag).header('cache-control', `private, max-age=${maxAgeSeconds}`)
  if (holds(request.headers['if-none-match'], tag)) return reply.code(304).send()
  void reply.type('application/json; charset=utf-8')
  return reply.send(beside === undefined ? text : `${text.slice(0, -1)},${JSON.stringify(beside).slice(1)}`)
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
