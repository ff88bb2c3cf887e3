// Paths below `/responses`: which of them asks what of a response.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { asGatewayError, GatewayError } from '../errors.ts'
import type { Gateway } from '../gateway/exchange.ts'
import { answerResponseQuestion, type ResponseQuestion } from '../gateway/responses/queries.ts'
import type { ListenerOptions, Methods } from '../server/listener.ts'
import { sendError } from '../server/write-error.ts'
import { sendJson } from '../server/write-json.ts'
import { queryOf } from './query.ts'

/** As the SDKs of OpenAI and of Azure ask for them. */
const prefixes = ['/v1/responses/', '/openai/v1/responses/', '/openai/responses/'] as const

interface Kind {
  readonly method: string
  readonly below: string
  readonly kind: ResponseQuestion['kind']
}

const kinds: readonly Kind[] = [
  { method: 'GET', below: '', kind: 'get' },
  { method: 'DELETE', below: '', kind: 'delete' },
  { method: 'POST', below: 'cancel', kind: 'cancel' },
  { method: 'GET', below: 'input_items', kind: 'input_items' },
]

export function responsePrefixes(gateway: Gateway): ListenerOptions['prefixes'] {
  return prefixes.map(prefix => {
    const serve = (request: IncomingMessage, response: ServerResponse, path: string): void => {
      void answer(gateway, request, path.slice(prefix.length)).then(
        body => sendJson(response, body),
        (thrown: unknown) => sendError(response, asGatewayError(thrown)),
      )
    }
    const methods: Methods = { GET: serve, POST: serve, DELETE: serve }
    return { prefix, methods }
  })
}

async function answer(gateway: Gateway, request: IncomingMessage, rest: string): Promise<object> {
  const [id = '', below = '', ...more] = rest.split('/')
  const known = kinds.filter(kind => kind.below === below && id !== '' && more.length === 0)
  if (known.length === 0) throw new GatewayError('not_found')
  const asked = known.find(({ method }) => method === request.method)
  if (asked === undefined) throw new GatewayError('method_not_allowed')
  const { headers, socket } = request
  const { kind } = asked
  const query = queryOf(request)
  const question = { kind, id: decode(id), query, headers, remoteAddress: socket.remoteAddress }
  return answerResponseQuestion(question, gateway)
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
