// A gateway with its upstreams for one test: started with short ways to say what is configured, taken down when the
// test is over, and with a view of what is still in flight inside it.

import { afterAll, beforeAll, onTestFinished, vi } from 'vitest'
import type * as AlarmsModule from '../../src/lib/alarms.ts'
import type * as TransportModule from '../../src/transport/index.ts'
import { type Behaviour, type FakeUpstream, startFakeUpstream } from './fake-upstream.ts'
import { startTestGateway, type TestGateway } from './test-gateway.ts'

const live = vi.hoisted(() => ({
  alarms: null as AlarmsModule.Alarms | null,
  transport: null as TransportModule.Transport | null,
}))

vi.mock('../../src/lib/alarms.ts', async importOriginal => {
  const original = await importOriginal<typeof AlarmsModule>()
  return {
    ...original,
    createAlarms: (...args: Parameters<typeof original.createAlarms>) => {
      live.alarms = original.createAlarms(...args)
      return live.alarms
    },
  }
})

vi.mock('../../src/transport/index.ts', async importOriginal => {
  const original = await importOriginal<typeof TransportModule>()
  return {
    ...original,
    createTransport: (...args: Parameters<typeof original.createTransport>) => {
      live.transport = original.createTransport(...args)
      return live.transport
    },
  }
})

export interface Scene {
  readonly gateway: TestGateway
  readonly upstreams: readonly FakeUpstream[]
  /** The first of them. */
  readonly upstream: FakeUpstream
  /** Timers and upstream requests that are open now. */
  inFlight(): { readonly alarms: number; readonly requests: number }
  /** Resolves when nothing is in flight any more. */
  settled(): Promise<void>
}

export type Sections = Readonly<Record<string, unknown>>

export interface SceneOptions {
  /** What each upstream does, in the order in which they are asked. */
  readonly upstreams: readonly (readonly Behaviour[])[]
  /** Further keys of every provider, such as `timeouts`. */
  readonly provider?: Sections
  /** Further keys of `server`. */
  readonly server?: Sections
  /** Of every route: `routing.defaults`. */
  readonly policy?: Sections
  /** Further sections of the configuration, or others in place of the usual ones. */
  readonly sections?: (upstreams: readonly FakeUpstream[]) => Sections
}

/** A scene for one test, taken down at its end. */
export async function openScene(options: SceneOptions): Promise<Scene> {
  const built = await buildScene(options)
  onTestFinished(built.close)
  return built.scene
}

/** One scene for all tests of a file or a block, where none of them changes it. */
export function shareScene(options: SceneOptions): () => Scene {
  let built: BuiltScene | null = null
  beforeAll(async () => {
    built = await buildScene(options)
  })
  afterAll(() => built?.close())
  return () => {
    if (built === null) throw new Error('the scene is not there yet')
    return built.scene
  }
}

interface BuiltScene {
  readonly scene: Scene
  close(): Promise<void>
}

async function buildScene(options: SceneOptions): Promise<BuiltScene> {
  const upstreams = await Promise.all(options.upstreams.map(behaviours => startFakeUpstream(...behaviours)))
  const sections = {
    server: options.server,
    ...(options.policy && { routing: { defaults: options.policy } }),
    providers: providersFor(upstreams, options.provider),
    ...options.sections?.(upstreams),
  }
  const gateway = await startTestGateway(configurationText(sections))
  const { alarms, transport } = live
  const [upstream] = upstreams
  if (alarms === null || transport === null || upstream === undefined) throw new Error('incomplete scene')
  const inFlight = () => ({ alarms: alarms.size, requests: transport.counts().running })
  const settled = () => eventually(() => inFlight().alarms === 0 && inFlight().requests === 0, inFlight)
  return {
    scene: { gateway, upstreams, upstream, inFlight, settled },
    async close() {
      // Upstreams first: what is still in flight must not keep the gateway.
      await Promise.all(upstreams.map(each => each.close()))
      await gateway.stop()
    },
  }
}

export async function openUpstream(...behaviours: Behaviour[]): Promise<FakeUpstream> {
  const upstream = await startFakeUpstream(...behaviours)
  onTestFinished(() => upstream.close())
  return upstream
}

/** With quick retries, a breaker that stays out of the way, and a quick end. */
export function configurationText(sections: Sections): string {
  const usual = {
    retry: { base_ms: 1, max_ms: 20 },
    circuit_breaker: { failure_threshold: 1_000_000 },
    ...sections,
    server: { port: 0, shutdown_timeout: '20ms', ...(sections['server'] as object | undefined) },
  }
  return Object.entries(usual)
    .map(([name, section]) => `${name}: ${JSON.stringify(section)}`)
    .join('\n')
}

/** All serve `test-model`, and are asked in this order. */
export function providersFor(
  upstreams: readonly { readonly baseUrl: string }[],
  more: Sections = {},
): Sections[] {
  return upstreams.map(({ baseUrl }, index) => ({
    name: `upstream${index + 1}`,
    type: 'openai_compatible',
    base_url: baseUrl,
    api_key: `sk-upstream-secret-${index + 1}`,
    models: ['test-model'],
    max_retries: 0,
    ...more,
  }))
}

/** Waits, for at most three seconds, until something holds; the failure tells what `seen` says. */
export function eventually(holds: () => boolean, seen: () => unknown = () => ''): Promise<void> {
  return vi.waitFor(
    () => {
      if (!holds()) throw new Error(`it never came to be: ${JSON.stringify(seen())}`)
    },
    { timeout: 3000, interval: 5 },
  )
}
