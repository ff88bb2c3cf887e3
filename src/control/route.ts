// What a resource of the control plane is made of.

import type { FastifyReply, FastifyRequest } from 'fastify'

export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As Fastify writes it: `/keys/:id`. */
  readonly path: string
  /**
   * `open` is served to everybody; `guarded`, which is meant where nothing is said, asks for authorisation first;
   * `changing` asks for it wherever the request comes from, as it leaves something changed.
   */
  readonly access?: 'open' | 'guarded' | 'changing'
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => unknown
}
