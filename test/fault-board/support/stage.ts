// A gateway before faulty upstreams, with a client of every format at each of its names: all of them ask at once, and
// then it is read what each has got and what the ledger says of it.

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RescuePolicy } from '../../../src/gateway/route-policy.ts'
import { httpClients } from '../../conformance/support/clients.ts'
import { type Behaviour, type FakeUpstream, startFakeUpstream } from '../../support/fake-upstream.ts'
import { configurationText, type Sections } from '../../support/scene.ts'
import { modelOf, type Speaker } from '../../support/speakers.ts'
import { startTestGateway, type TestGateway, testKey } from '../../support/test-gateway.ts'
import type { Role } from './expectation.ts'
import { type Fallback, routing } from './policy.ts'
import type { Toxic } from './toxiproxy.ts'

export interface UpstreamSpec {
  readonly format: Speaker
  readonly behaviours: readonly Behaviour[]
  /** Nothing listens at its address. */
  readonly absent?: boolean
  /** What its connections suffer. */
  readonly toxic?: Toxic | undefined
}

/** One client before its upstreams: a name of a model that nobody else asks for. */
export interface Place {
  readonly client: Speaker
  readonly streamed: boolean
  readonly upstreams: readonly UpstreamSpec[]
  /** Requests, one after the other. */
  readonly times?: number
  /** The second is asked after a failure of this kind alone. */
  readonly fallback?: Fallback
}

export interface Answer {
  /** Null where no answer came. */
  readonly status: number | null
  readonly header: (name: string) => string | null
  readonly bytes: Buffer
  /** False where the connection broke. */
  readonly whole: boolean
  readonly durationMs: number
}

export interface Played {
  readonly answers: readonly Answer[]
  /** Rows of the ledger, oldest first. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** What reached each upstream. */
  readonly requests: readonly FakeUpstream['requests'][]
}

const roles: readonly Role[] = ['first', 'second']
const types: Readonly<Record<Speaker, string>> = {
  'openai-chat': 'openai_compatible',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
  'cohere-chat': 'cohere',
  'bedrock-converse': 'bedrock',
  'ollama-chat': 'ollama',
}

export interface Setting {
  /** Of the configuration, beside the providers and the names of their models. */
  readonly sections?: Sections
  /** What becomes of streams that break; the default of the gateway where it is left out. */
  readonly rescue?: RescuePolicy
  /** The port at which the gateway finds an upstream whose connections are to suffer. */
  readonly between?: (port: number, toxic: Toxic) => Promise<number>
}

export async function play(places: readonly Place[], setting: Setting = {}): Promise<Played[]> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-faults-'))
  const stage = await setStage(places, { ...setting, folder })
  try {
    const asked = await inLanes(places, (place, index) => askRepeatedly(stage.gateway, place, index))
    const rows = await stage.gateway.stopAndReadLedger()
    return places.map((_place, index) => ({
      answers: asked[index] ?? [],
      rows: rows.filter(row => row['model_asked'] === nameOf(index)),
      requests: (stage.upstreams[index] ?? []).map(({ requests }) => requests),
    }))
  } finally {
    await Promise.all(stage.upstreams.flat().map(upstream => upstream.close()))
    await stage.gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Stage {
  readonly gateway: TestGateway
  readonly upstreams: readonly (readonly FakeUpstream[])[]
}

async function setStage(
  places: readonly Place[],
  { sections = {}, rescue, between, folder }: Setting & { readonly folder: string },
): Promise<Stage> {
  const opened = await Promise.all(
    places.map(place => Promise.all(place.upstreams.map(spec => openUpstream(spec, between)))),
  )
  const providers = places.flatMap((place, index) =>
    place.upstreams.map(({ format }, number) =>
      describeProvider(format, providerName({ index, number }), opened[index]?.[number]?.port),
    ),
  )
  const groups = Object.fromEntries(places.flatMap(groupsOf))
  const models = { groups, prices_file: writePrices(folder, providers) }
  const rules = places.flatMap(({ fallback }, index) =>
    fallback === undefined ? [] : [{ models: nameOf(index), fallback, use: spareOf(index) }],
  )
  // Quick retries, but limits are waited for as long as they say.
  const retry = { base_ms: 10, max_ms: 2000 }
  const gateway = await startTestGateway(
    configurationText({ retry, ...sections, ...routing({ rescue, rules }), providers, models }),
  )
  return { gateway, upstreams: opened.map(each => each.map(({ upstream }) => upstream)) }
}

/** A port that is not given to anybody who asks for any. */
const closedPort = 1

/** With the port at which the gateway is to look for it. */
async function openUpstream(
  { behaviours, absent = false, toxic }: UpstreamSpec,
  between: Setting['between'],
): Promise<{ upstream: FakeUpstream; port: number }> {
  const upstream = await startFakeUpstream(...behaviours)
  if (absent) return { upstream, port: closedPort }
  if (toxic === undefined || between === undefined) return { upstream, port: upstream.port }
  return { upstream, port: await between(upstream.port, toxic) }
}

interface Position {
  readonly index: number
  readonly number: number
}

function nameOf(index: number): string {
  return `place-${index}`
}

function spareOf(index: number): string {
  return `spare-${index}`
}

/** All upstreams of the place by one name, or each by its own. */
function groupsOf({ upstreams, fallback }: Place, index: number): [string, string[]][] {
  const targets = upstreams.map(
    (spec, number) => `${providerName({ index, number })}/${modelOf(spec.format)}`,
  )
  if (fallback === undefined) return [[nameOf(index), targets]]
  return [
    [nameOf(index), targets.slice(0, 1)],
    [spareOf(index), targets.slice(1)],
  ]
}

function providerName({ index, number }: Position): string {
  return `${roles[number]}-${index}`
}

function describeProvider(format: Speaker, name: string, port: number | undefined): Record<string, unknown> {
  return {
    name,
    type: types[format],
    base_url: `http://127.0.0.1:${port}${format.startsWith('openai') ? '/v1' : ''}`,
    api_key: 'sk-of-an-upstream',
    models: [modelOf(format)],
    ...(format === 'bedrock-converse' && { region: 'eu-central-1' }),
  }
}

/** Every model has a price, so that what is not priced is a fault. */
function writePrices(folder: string, providers: readonly Record<string, unknown>[]): string {
  const file = join(folder, 'prices.json')
  const prices = providers.map(({ name }) => ({ provider: name, model: '*', input: 1, output: 2 }))
  writeFileSync(file, JSON.stringify(prices))
  return file
}

/** Few at a time: the gateway, the upstreams and the clients share one thread, and their timers are short. */
const lanes = 20

async function inLanes<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = [...items.entries()]
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next
      results[index] = await work(item, index)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}

async function askRepeatedly(gateway: TestGateway, place: Place, index: number): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let count = 0; count < (place.times ?? 1); count++) answers.push(await ask(gateway, place, index))
  return answers
}

async function ask(gateway: TestGateway, place: Place, index: number): Promise<Answer> {
  const { client, streamed } = place
  const how = httpClients[client]
  if (how === undefined) throw new Error(`There is no client of ${client}.`)
  const began = performance.now()
  const outgoing = request(gateway.url + how.path(nameOf(index), streamed), {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', ...how.headers(testKey) },
  })
  outgoing.end(JSON.stringify(how.ask(nameOf(index), streamed)))
  const chunks: Buffer[] = []
  let response: IncomingMessage | null = null
  let broken = false
  try {
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    response = answer
    for await (const chunk of answer) chunks.push(chunk as Buffer)
  } catch {
    broken = true
  }
  const headers = response?.headers ?? {}
  return {
    status: response?.statusCode ?? null,
    header(name) {
      const value = headers[name]
      return typeof value === 'string' ? value : null
    },
    bytes: Buffer.concat(chunks),
    whole: !broken,
    durationMs: performance.now() - began,
  }
}
