// Every client format to every upstream format, from socket to socket: what the upstream gets means what the client
// asked, and what the client reads is what the model said.

import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import { adaptConversation } from '../../src/conversation/adapt.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { unfoldCompletion } from '../../src/conversation/unfold-completion.ts'
import { GatewayError } from '../../src/errors.ts'
import type { WireEvent } from '../../src/formats/format.ts'
import { readers } from './readers/index.ts'
import { problemsOfAnswer, problemsOfError, problemsOfRequest, problemsOfStream } from './schemas/validate.ts'
import { expectSection, table } from './support/board.ts'
import { cutByEvent } from './support/chunkings.ts'
import { compareReadings } from './support/compare.ts'
import type { Json } from './support/json.ts'
import { meaningOf } from './support/meaning.ts'
import { readingOf } from './support/neutral-reading.ts'
import { brief, openPins, type Pin } from './support/pins.ts'
import { type Scenario, scenarios } from './support/scenarios.ts'
import {
  type Answered,
  type ScriptedAnswer,
  type ScriptedGateway,
  startScriptedGateway,
} from './support/scripted-gateway.ts'
import { chatFormats, chatOf, formatOf, openContexts, targetOf } from './support/seam.ts'
import { shared, skipWord } from './support/shared.ts'

vi.mock('../../src/providers/index.ts', async importOriginal => {
  const { withSpeakingProviders } = await import('./support/speaking-providers.ts')
  return withSpeakingProviders(await importOriginal())
})

const pins = openPins('matrix')
const board = new Map<string, string[]>()
let gateway: ScriptedGateway

/** One for each scenario and upstream; its name begins as that of a model of today. */
function modelOf({ name }: Scenario, upstream: string): string {
  return `${targetOf(upstream).model}-${name.replaceAll(' ', '-')}`
}

const places: ReadonlyMap<string, { readonly upstream: string; readonly scenario: Scenario }> = new Map(
  chatFormats.flatMap(upstream =>
    scenarios.map(
      scenario => [`${upstream} ${modelOf(scenario, upstream)}`, { upstream, scenario }] as const,
    ),
  ),
)

beforeAll(async () => {
  gateway = await startScriptedGateway({
    models: format =>
      [...places.values()]
        .filter(({ upstream }) => upstream === format)
        .map(({ scenario }) => modelOf(scenario, format)),
    answer(model, format) {
      const place = places.get(`${format} ${model}`)
      if (place === undefined) throw new Error(`Nothing is to be said for ${model} in ${format}.`)
      return script(place.scenario, format)
    },
  })
}, 60_000)

afterAll(async () => {
  pins.close()
  await gateway.stop()
})

/** What the upstream answers, in its own format. */
function script(scenario: Scenario, upstream: string): ScriptedAnswer {
  const format = formatOf(upstream)
  if (scenario.ending === 'error') {
    const error = new GatewayError('upstream_rate_limited', { message: 'Slow down, please.' })
    return { status: 429, contentType: 'application/json', bytes: format.encodeError(error) }
  }
  const { encoding } = openContexts(scenario.asked.streaming)
  const asked = { ...scenario.asked, model: 'upstream-model', wantsStreamUsage: true }
  const context = { ...encoding, asked }
  const adapted = inWordsOf(upstream, scenario)
  if (!scenario.asked.streaming) {
    const body = chatOf(upstream).encodeResponse(adapted, context)
    return { status: 200, contentType: 'application/json', bytes: Buffer.from(JSON.stringify(body)) }
  }
  const written: WireEvent[] = []
  const encoder = chatOf(upstream).openEncoder(context, event => written.push(event))
  for (const event of unfoldCompletion(adapted)) encoder.push(event)
  const bytes = format.framing.frame(written)
  const { contentType } = format.framing
  if (scenario.ending !== 'cut') return { status: 200, contentType, bytes }
  const events = cutByEvent(bytes, upstream)
  return {
    status: 200,
    contentType,
    bytes: Buffer.concat(events.slice(0, cutAt(upstream, events))),
    cut: true,
  }
}

/** After the first words. */
function cutAt(upstream: string, events: readonly Buffer[]): number {
  const first = events.findIndex(event => event.includes('Hello'))
  if (first === -1) throw new Error(`${upstream} never says Hello`)
  return first + 1
}

/** A format without schemas answers with the call of the tool that stands for one. */
function inWordsOf(upstream: string, { asked, answer }: Scenario): Scenario['answer'] {
  const abilities = chatOf(upstream).abilities(targetOf(upstream))
  if (asked.output?.type !== 'json_schema' || abilities.jsonSchema) return answer
  const id = 'call_schema0001'
  const call = { type: 'tool_call', id, name: 'city', arguments: '{"city":"Paris"}' } as const
  return { ...answer, choices: [{ parts: [call], finish: { reason: 'tool_calls' } }] }
}

interface Cell {
  readonly client: string
  readonly upstream: string
  readonly scenario: Scenario
}

async function deviationsOf(cell: Cell): Promise<[field: string, expected: unknown, got: unknown][]> {
  const { client, upstream, scenario } = cell
  const model = modelOf(scenario, upstream)
  const asked: Conversation = { ...scenario.asked, model }
  const said = adaptConversation(asked, chatOf(client).abilities(targetOf(client))).conversation
  const { body } = chatOf(client).encodeRequest(said, targetOf(client))
  const named = 'model' in body ? { ...body, model } : body
  const plain = JSON.parse(JSON.stringify(named)) as Json
  const answered = await gateway.send(client, { model, streaming: asked.streaming, body: plain })
  const got = gateway.seen(`${upstream} ${model}`)
  const heard = chatOf(client).decodeRequest(plain, { model, streaming: asked.streaming })
  return [...requestDeviations(cell, heard, got), ...answerDeviations(cell, answered)]
}

/** @param heard what the client said, as its own format has it: what that cannot say, nobody can pass on */
function requestDeviations(
  { upstream, client, scenario }: Cell,
  heard: Conversation,
  got: unknown,
): [string, unknown, unknown][] {
  if (got === undefined) return [['request', 'one', 'none']]
  const found: [string, unknown, unknown][] = []
  if (shared !== null && client !== upstream)
    for (const problem of problemsOfRequest(upstream, got)) found.push(['request schema', 'none', problem])
  const { streaming } = scenario.asked
  const read = chatOf(upstream).decodeRequest(got as Json, { model: 'upstream-model', streaming })
  const adapted = adaptConversation(heard, chatOf(upstream).abilities(targetOf(upstream))).conversation
  const [wanted, seen] = [adapted, read].map(request =>
    meaningOf(request, client === 'ollama-chat' ? client : upstream, heard),
  ) as [Json, Json]
  for (const field of Object.keys(wanted))
    if (JSON.stringify(wanted[field]) !== JSON.stringify(seen[field]))
      found.push([`request ${field}`, wanted[field], seen[field]])
  return found
}

function answerDeviations(cell: Cell, { status, bytes, whole }: Answered): [string, unknown, unknown][] {
  const { client, upstream, scenario } = cell
  if (!whole) return [['connection', 'whole', 'broken']]
  if (scenario.ending === 'error') {
    const problems = problemsOf(client, { bytes, streaming: false, error: true })
    const found: [string, unknown, unknown][] = problems.map(problem => ['error schema', 'none', problem])
    return status === 429 ? found : [...found, ['status', 429, status]]
  }
  if (status !== 200) return [['status', 200, `${status} ${bytes.toString().slice(0, 160)}`]]
  const { streaming } = scenario.asked
  const reader = readers[client]
  if (reader === undefined) throw new Error(`There is no reader of ${client}.`)
  const read = streaming ? reader.readStream(bytes) : reader.readAnswer(JSON.parse(bytes.toString()))
  if (scenario.ending === 'cut') return read.error === null ? [['cut', 'an error in the stream', 'none']] : []
  const model = readingOf(inReach(scenario.answer, upstream))
  const found: [string, unknown, unknown][] = compareReadings(model, read, client).map(
    ({ field, expected, got }) => [`answer ${field}`, expected, got],
  )
  if (client === upstream) return found
  return [
    ...found,
    ...problemsOf(client, { bytes, streaming, error: false }).map((problem): [string, unknown, unknown] => [
      'answer schema',
      'none',
      problem,
    ]),
  ]
}

/** What the upstream's format can say of an answer. */
function inReach(answer: Scenario['answer'], upstream: string): Scenario['answer'] {
  const { usage, choices } = answer
  const cacheless = upstream === 'ollama-chat' && usage !== null
  return {
    ...answer,
    usage: cacheless
      ? { ...usage, inputUncached: usage.inputUncached + usage.cacheRead, cacheRead: 0 }
      : usage,
    choices: choices.map(choice => ({
      ...choice,
      parts: choice.parts.map(part =>
        part.type === 'tool_call' && upstream === 'ollama-chat' ? { ...part, id: '' } : part,
      ),
    })),
  }
}

interface Said {
  readonly bytes: Buffer
  readonly streaming: boolean
  readonly error: boolean
}

function problemsOf(client: string, { bytes, streaming, error }: Said): string[] {
  if (shared === null) return []
  if (streaming) return problemsOfStream(client, bytes)
  const body: unknown = JSON.parse(bytes.toString())
  return error ? problemsOfError(client, body) : problemsOfAnswer(client, body)
}

const cells = chatFormats.flatMap(client => chatFormats.map(upstream => ({ client, upstream })))

describe.skipIf(shared === null)(`every client format to every upstream format${skipWord}`, () => {
  test.each(cells)('$client to $upstream', async ({ client, upstream }) => {
    const key = `${client} to ${upstream}`
    const seen: Pin[] = []
    for (const scenario of scenarios)
      for (const [field, expected, got] of await deviationsOf({ client, upstream, scenario }))
        seen.push({ key, field: `${scenario.name}: ${field}`, expected: brief(expected), got: brief(got) })
    const failing = new Set(seen.map(({ field }) => field.split(':')[0] ?? ''))
    board.set(key, [...failing])
    pins.check(key, seen)
  })

  test('every deviation that is pinned has its reason', () => {
    pins.checkReasons()
  })

  test('the board is as it is written', () => {
    const rows = chatFormats.map(client => [
      `\`${client}\``,
      ...chatFormats.map(upstream => {
        const failing = board.get(`${client} to ${upstream}`) ?? ['everything']
        const passed = `${scenarios.length - failing.length}/${scenarios.length}`
        return failing.length === 0 ? passed : `${passed} (${failing.join(', ')})`
      }),
    ])
    const names = scenarios.map(({ name }) => name).join(', ')
    const head = ['client, upstream', ...chatFormats.map(upstream => `\`${upstream}\``)]
    expectSection('matrix', `Scenarios: ${names}.\n\n${table(head, rows)}`)
  })
})
