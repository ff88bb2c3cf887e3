// A real Prometheus scrapes the running gateway. Skipped where Debian's package `prometheus` is not installed.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../bench/lib/free-port.ts'
import { type RunningChild, startChild } from '../support/child-process.ts'
import {
  chatBody,
  type GatewayProcess,
  removeFolder,
  startGateway,
  withKey,
} from '../support/gateway-process.ts'
import { waitUntil } from '../support/wait-until.ts'

const hasPrometheus = ['prometheus', 'promtool'].every(
  command => spawnSync(command, ['--version']).error === undefined,
)

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

describe.skipIf(!hasPrometheus)('Prometheus (where prometheus and promtool are installed)', () => {
  let gateway: GatewayProcess
  let prometheus: RunningChild
  let url: string

  beforeAll(async () => {
    const simulator =
      'simulator:\n  first_token_ms: 5\n  token_ms: 0\nproviders:\n  - type: simulator\n    max_retries: 0'
    gateway = await startGateway({ yaml: withKey(simulator) })
    const port = await findFreePort()
    url = `http://127.0.0.1:${port}`
    prometheus = startPrometheus(gateway, port)
    await waitUntil('Prometheus is ready', () =>
      fetch(`${url}/-/ready`).then(
        answer => answer.ok,
        () => false,
      ),
    )
  })

  afterAll(async () => {
    await prometheus.stop()
    await gateway.stop()
    removeFolder(gateway.folder)
  })

  async function query(expression: string): Promise<readonly Sample[]> {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)
    return ((await answer.json()) as { data: { result: Sample[] } }).data.result
  }

  async function readValue(expression: string): Promise<number> {
    return Number((await query(expression))[0]?.value[1] ?? 0)
  }

  /** Everything that can be counted has been once. */
  async function askForEverything(): Promise<void> {
    const ask = async (path: string, body: object): Promise<string> => (await gateway.post(path, body)).text()
    await ask('/v1/chat/completions', chatBody())
    await ask('/v1/chat/completions', chatBody({ stream: true }))
    await ask('/v1/embeddings', { model: 'text-embedding-3-small', input: 'one line' })
    await ask('/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Once' })
    await ask('/v1/chat/completions', chatBody({ model: 'no"such\\model\n' }))
    for (let count = 0; count < 6; count++)
      await ask('/v1/chat/completions', chatBody({ model: 'simulator-error-500' }))
  }

  test('scrapes the gateway without a complaint', async () => {
    await waitUntil('a scrape has succeeded', async () => (await readValue('up{job="llm-proxy"}')) === 1)
    const answer = await fetch(`${url}/api/v1/targets`)
    const { data } = (await answer.json()) as { data: { activeTargets: object[] } }
    expect(data.activeTargets).toMatchObject([{ health: 'up', lastError: '' }])
  })

  test('sees every request, with its tokens and its time', async () => {
    const requests = 'sum(llm_proxy_requests_total{route="/v1/chat/completions",status="200"})'
    const before = await readValue(requests)
    for (let count = 0; count < 5; count++)
      expect((await gateway.post('/v1/chat/completions', chatBody())).status).toBe(200)
    await waitUntil('they are counted', async () => (await readValue(requests)) === before + 5)
    const provider = '{provider="simulator"}'
    expect(await readValue(`sum(llm_proxy_tokens_total${provider})`)).toBeGreaterThan(50)
    const quantile = `histogram_quantile(0.5, sum by (le) (llm_proxy_request_duration_seconds_bucket${provider}))`
    expect(await readValue(quantile)).toBeGreaterThan(0.005)
    expect(await readValue('llm_proxy_requests_in_flight')).toBe(0)
  })

  test('reads the same numbers as are served', async () => {
    await askForEverything()
    const served = await gateway.readMetrics()
    const total = [...served].filter(([name]) => name.startsWith('llm_proxy_requests_total'))
    const sum = total.reduce((all, [, value]) => all + value, 0)
    await waitUntil('it has them', async () => (await readValue('sum(llm_proxy_requests_total)')) === sum)
    expect(await query('llm_proxy_requests_total')).toHaveLength(total.length)
  })

  test('has nothing to say against the names, the help and the types', async () => {
    await askForEverything()
    const text = await (await fetch(`${gateway.url}/metrics/prometheus`)).text()
    const check = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect(check).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })

  test('is refused from elsewhere without a key, and let in with one', async () => {
    // As it comes through a reverse proxy on this machine.
    const elsewhere = { 'x-forwarded-for': '203.0.113.7' }
    const metrics = `${gateway.url}/metrics/prometheus`
    expect((await fetch(metrics, { headers: elsewhere })).status).toBe(401)
    const withTheKey = { ...elsewhere, authorization: `Bearer ${gateway.key}` }
    expect((await fetch(metrics, { headers: withTheKey })).status).toBe(200)
  })
})

function startPrometheus({ folder, port }: GatewayProcess, ownPort: number): RunningChild {
  const configuration = join(folder, 'prometheus.yaml')
  writeFileSync(
    configuration,
    `global:
  scrape_interval: 500ms
scrape_configs:
  - job_name: llm-proxy
    metrics_path: /metrics/prometheus
    static_configs:
      - targets: ['127.0.0.1:${port}']
`,
  )
  return startChild('prometheus', [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${ownPort}`,
  ])
}
