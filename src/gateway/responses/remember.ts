// Keeps an answer of the Responses API for the requests that go on from it, unless the client wants nothing kept.

import type { FullReply, Reply, StreamedReply, StreamSink } from '../../call.ts'
import { findTopLevel } from '../../lib/json-splice.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { Exchange } from '../exchange.ts'
import type { Plan } from '../plan.ts'
import type { PlannedRequest } from '../request.ts'

/** The reply, which is remembered when it is whole. Answers of other formats pass as they are. */
export function rememberAnswer(
  exchange: Exchange,
  { request, plans }: { readonly request: PlannedRequest; readonly plans: readonly Plan[] },
  reply: Reply,
): Reply {
  if (exchange.call.endpoint.format.name !== 'openai-responses') return reply
  const plan = plans.find(({ target }) => target === exchange.page.target)
  if (plan === undefined) return reply
  const remember = (response: JsonObject): void => {
    // Nobody holds a response on which several targets worked.
    const whole = exchange.page.target === plan.target
    const maker = whole ? plan : { ...plan, way: { ...plan.way, direct: false } }
    rememberResponse(exchange, { request, plan: maker, response })
  }
  return reply.kind === 'full' ? rememberFull(reply, remember) : rememberStream(reply, remember)
}

type Remember = (response: JsonObject) => void

function rememberFull(reply: FullReply, remember: Remember): Reply {
  const response = parseObject(reply.body.toString())
  if (response !== null) remember(response)
  return reply
}

/** The last bytes of a stream hold its last event, and that the whole response. */
function rememberStream(reply: StreamedReply, remember: Remember): Reply {
  const { stream } = reply
  const listenTo = (sink: StreamSink): StreamSink => ({
    data: chunk => sink.data(chunk),
    fail: error => sink.fail(error),
    end(last) {
      const response = last === undefined ? null : responseOfLastEvent(last.toString())
      if (response !== null) remember(response)
      sink.end(last)
    },
  })
  return {
    ...reply,
    stream: {
      read: sink => stream.read(listenTo(sink)),
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      abort: () => stream.abort(),
    },
  }
}

function responseOfLastEvent(events: string): JsonObject | null {
  const lines = events.split('\n')
  const line = lines.findLast(each => each.startsWith('data:') && each.includes('"response"'))
  const event = line === undefined ? null : parseObject(line.slice('data:'.length))
  return isObject(event?.['response']) ? event['response'] : null
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

interface Answered {
  readonly request: PlannedRequest
  readonly plan: Plan
  readonly response: JsonObject
}

function rememberResponse(exchange: Exchange, { request, plan, response }: Answered): void {
  const { gateway, page } = exchange
  const { target, way } = plan
  const output = objectsOf(response['output'])
  if (way.direct) {
    for (const { encrypted_content: encrypted } of output)
      if (isText(encrypted)) gateway.origins.remember(encrypted, target.id)
  }
  const { id, status } = response
  if (!isText(id) || status === 'failed' || request.parameters['store'] === false) return
  const { previous_response_id: previousId } = request.parameters
  const { stateless = false } = exchange.snapshot.providerOf(target).quirks.openAiResponses ?? {}
  gateway.responses.keep({
    record: {
      tenant: page.tenant,
      id,
      previousId: isText(previousId) ? previousId : null,
      boundTo: way.direct ? target.id : null,
      kept: way.direct && !stateless,
      createdAt: gateway.clock.wall(),
      input: inputOf(request.bytes),
      response: JSON.stringify(response),
    },
    itemIds: output.map(item => item['id']).filter(isText),
  })
}

/** As the client wrote it. */
function inputOf(bytes: Buffer): string {
  const place = findTopLevel(bytes).findLast(({ key }) => key === 'input')
  return place === undefined ? 'null' : bytes.toString('utf8', place.valueStart, place.valueEnd)
}

/** Whether a response is still being made, in the background. */
export function isPending({ status }: JsonObject): boolean {
  return status === 'queued' || status === 'in_progress'
}
