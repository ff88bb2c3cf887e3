// One gateway before the scripted vendors, for all tests of a file that asks them with one client.

import { afterAll, beforeAll } from 'vitest'
import { startFakeUpstream } from './fake-upstream.ts'
import { speakForVendors, vendorProviders } from './scripted-vendors/index.ts'
import { startTestGateway } from './test-gateway.ts'

/** @returns the URL of the gateway, once the tests run */
export function shareVendors(): () => string {
  let url = ''
  let close = () => Promise.resolve()
  beforeAll(async () => {
    const upstream = await startFakeUpstream(speakForVendors)
    const gateway = await startTestGateway(
      [
        `providers: ${JSON.stringify(vendorProviders(upstream.port))}`,
        'circuit_breaker: { failure_threshold: 1000000 }',
        'routing: { defaults: { max_limit_wait: 50ms } }',
        'server: { port: 0, shutdown_timeout: 20ms }',
      ].join('\n'),
    )
    url = gateway.url
    close = async () => {
      await upstream.close()
      await gateway.stop()
    }
  })
  afterAll(() => close())
  return () => url
}
