// The shape of config.yaml: every section by its key. Built on call, so that importing it costs nothing.

import { z } from 'zod'
import { appSection } from './sections/app.ts'
import { authSection } from './sections/auth.ts'
import { discoverySection } from './sections/discovery.ts'
import { modulePath, section } from './sections/fields.ts'
import { circuitBreakerSection, rateLimitSection } from './sections/limits.ts'
import { loggingSection, metricsSection } from './sections/logging.ts'
import { mediaSection } from './sections/media.ts'
import { modelsSection } from './sections/models.ts'
import { plannedSections } from './sections/planned.ts'
import { providersSection } from './sections/provider.ts'
import { redisSection } from './sections/redis.ts'
import { routingSection } from './sections/routing.ts'
import { serverSection } from './sections/server.ts'
import { simulatorSection } from './sections/simulator.ts'
import { httpClientSection, retrySection, timeoutsSection } from './sections/timing.ts'

/** What the file says, checked: durations in milliseconds, sizes in bytes, keys as secrets. */
export type ConfigurationFile = z.output<ReturnType<typeof configurationSchema>>

/** `providerTypes` are the known values of `providers[].type`; null takes any, for the schema of editors. */
export function configurationSchema(providerTypes: readonly string[] | null) {
  return section({
    app: appSection().prefault({}),
    server: serverSection().prefault({}),
    auth: authSection().prefault({}),
    providers: providersSection(providerTypes).optional(),
    models: modelsSection().prefault({}),
    discovery: discoverySection().prefault({}),
    routing: routingSection().prefault({}),
    timeouts: timeoutsSection().prefault({}),
    http_client: httpClientSection().prefault({}),
    retry: retrySection().prefault({}),
    circuit_breaker: circuitBreakerSection().prefault({}),
    rate_limit: rateLimitSection().optional(),
    redis: redisSection().optional(),
    logging: loggingSection().prefault({}),
    metrics: metricsSection().prefault({}),
    media: mediaSection().prefault({}),
    simulator: simulatorSection().prefault({}),
    plugins: z
      .array(modulePath)
      .default([])
      .describe('Modules that bring further types of provider; paths relative to this file. Default: none.'),
    ...plannedSections(),
  })
}
