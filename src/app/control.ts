// Mounts the control plane: loaded while the first requests are already served, and shown what is going on.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLocalPeer } from '../access/authenticate.ts'
import type { Target } from '../call.ts'
import type { ControlPlane } from '../control/control-plane.ts'
import type { ModelsDeps } from '../control/models/library.ts'
import { listEndpoints } from '../endpoints/index.ts'
import { asGatewayError, type GatewayError } from '../errors.ts'
import { formats } from '../formats/index.ts'
import { explainRoute } from '../gateway/explain.ts'
import { systemClock } from '../lib/clock.ts'
import { buildHealthDocument } from '../observability/health-document.ts'
import { buildMetricsDocument } from '../observability/metrics-document.ts'
import type { ProviderFacts } from '../observability/provider-health.ts'
import { sendError } from '../server/write-error.ts'
import type { KnownTargets } from './build-routes.ts'
import type { BuiltSnapshot } from './build-snapshot.ts'
import type { Discovery } from './discovery.ts'
import type { Observation } from './observation.ts'

export interface ControlDeps {
  readonly observation: Observation
  readonly version: string
  snapshot(): BuiltSnapshot
  /** `provider/model` of every target that was ever called. */
  calledTargets(): Iterable<string>
  /** Problems of the newest configuration file, where it was refused. */
  problems(): readonly string[]
  /** What is known of the targets. */
  readonly targets: KnownTargets
  readonly models: ModelsDeps
  /** Asking the target now would most likely be in vain. */
  readonly rests: (target: Target) => boolean
  readonly discovery: Pick<Discovery, 'states'>
  ledger(): { readonly healthy: boolean; readonly queued: number }
}

export interface MountedControl {
  handle(request: IncomingMessage, response: ServerResponse): void
  close(): Promise<void>
}

export function mountControl(deps: ControlDeps): MountedControl {
  let loading: Promise<ControlPlane> | null = null
  let plane: ControlPlane | null = null
  const load = (): Promise<ControlPlane> => {
    loading ??= loadControlPlane(deps).then(
      loaded => {
        plane = loaded
        return loaded
      },
      (thrown: unknown) => {
        loading = null
        throw thrown
      },
    )
    return loading
  }
  return {
    handle(request, response) {
      if (plane !== null) plane.handle(request, response)
      else
        load()
          .then(loaded => loaded.handle(request, response))
          .catch((thrown: unknown) => sendError(response, asGatewayError(thrown)))
    },
    async close() {
      const loaded = await loading?.catch(() => null)
      await loaded?.close()
    },
  }
}

async function loadControlPlane(deps: ControlDeps): Promise<ControlPlane> {
  // Half of the start's time and memory, for pages that a start does not need.
  const { createControlPlane } = await import('../control/control-plane.ts')
  const { observation, version, snapshot } = deps
  const { stats, metrics, system, log } = observation
  const providers = (): ProviderFacts[] => listProviders(snapshot(), [...deps.calledTargets()])
  return createControlPlane({
    name: snapshot().configuration.app.name,
    version,
    ready: () => observation.ready,
    health: () =>
      buildHealthDocument({
        clock: systemClock,
        version,
        stats,
        system: system.current,
        providers,
        ledger: deps.ledger,
        modelLists: deps.discovery.states,
        configuration: () => ({
          version: snapshot().version,
          valid: deps.problems().length === 0,
          problems: deps.problems(),
        }),
      }),
    metricsDocument: () => buildMetricsDocument({ stats, system: system.current, providers }),
    prometheus: metrics,
    explainRoute: question => explain(question, deps),
    ...deps.models,
    authorize: (request, access) => authorize(request, { access, snapshot: snapshot() }),
    report: error => log.error('the control plane failed', { reason: describe(error) }),
  })
}

function explain(question: unknown, { targets, rests, snapshot }: ControlDeps): object {
  const current = snapshot()
  const now = systemClock.wall()
  return explainRoute(question, {
    snapshot: { ...current, ...current.unobservedRoutes() },
    endpoints: listEndpoints(formats),
    stats: targets.stats,
    rests,
    now,
    expectedCost(target, facts) {
      const usage = targets.expectedUsage(target.id, facts)
      return current.costOf({ target, usage, serviceTier: null, at: now }).nanoUsd
    },
  })
}

interface Guarding {
  readonly access: 'guarded' | 'changing'
  readonly snapshot: Pick<BuiltSnapshot, 'authenticate'>
}

/**
 * Figures are for this machine, where a scraper or an operator asks, and for whoever has a key. What changes something
 * needs a key here as well, unless nobody needs one: behind a proxy that does not say so, strangers seem to be here.
 */
function authorize({ headers, socket }: IncomingMessage, { access, snapshot }: Guarding): void {
  if (access === 'changing' || !isLocalPeer(headers, socket.remoteAddress))
    snapshot.authenticate(headers, socket.remoteAddress)
}

/** A provider that takes any model has the targets that were asked for. */
function listProviders({ providers }: BuiltSnapshot, called: readonly string[]): ProviderFacts[] {
  return providers.map(({ configuration: { name }, indexed: { usable, models } }) => {
    const listed = models.map(model => `${name}/${model}`)
    const others = called.filter(target => target.startsWith(`${name}/`))
    return { name, usable, targets: [...new Set([...listed, ...others])] }
  })
}

function describe(error: GatewayError): string {
  return error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : error.message
}
