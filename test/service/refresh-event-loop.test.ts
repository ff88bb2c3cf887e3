// Requests that are under way do not notice that the lists of 10,000 models are read, compared and put in force, nor that
// others ask for all of them.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { answerJson, startFakeUpstream } from '../support/fake-upstream.ts'
import type { WatchedQuestions } from '../support/questions-child.ts'
import type { WatchedRefreshes } from '../support/refresh-child.ts'

const upstreams = 5
const longestMs = 10

/** As OpenRouter lists it. Every list has other prices than the one before. */
function listModel(host: number, index: number, round: number) {
  return {
    id: `publisher-${index % 40}/model-${host}-${index}-instruct`,
    name: `Publisher: Model ${host} ${index}`,
    created: 1_769_817_600,
    context_length: 131_072,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    pricing: { prompt: `0.00000${(index + round) % 9}1`, completion: '0.000005' },
    top_provider: { context_length: 131_072, max_completion_tokens: 8192, is_moderated: false },
    supported_parameters: ['tools', 'tool_choice', 'response_format', 'structured_outputs', 'reasoning'],
  }
}

async function openLister(host: number, models: number): Promise<string> {
  let round = 0
  const upstream = await startFakeUpstream((request, response) => {
    round++
    const data = Array.from({ length: models }, (_, index) => listModel(host, index, round))
    return answerJson(200, { data })(request, response)
  })
  onTestFinished(() => upstream.close())
  return upstream.baseUrl
}

/** What a program saw that was told the addresses of the upstreams. */
async function runChild(name: string, models: number): Promise<unknown> {
  const hosts = Array.from({ length: upstreams }, (_, host) => openLister(host, models / upstreams))
  const child = join(import.meta.dirname, '../support', name)
  const urls = await Promise.all(hosts)
  const { stdout } = await promisify(execFile)(process.execPath, [child, ...urls], { timeout: 100_000 })
  return JSON.parse(stdout)
}

async function watchRefreshes(models: number): Promise<WatchedRefreshes> {
  const seen = (await runChild('refresh-child.ts', models)) as WatchedRefreshes
  const { turns, longestTurnMs, longestWorkMs, delayMs } = seen
  console.info(
    `${models} listed models, all changed, ${seen.models} in the catalogue: ${turns} turns of the event loop, ` +
      `the longest ${longestTurnMs.toFixed(1)} ms of its own time, ${longestWorkMs.toFixed(1)} ms without ` +
      `collections of garbage; ` +
      `a timer waited ${delayMs.p50} ms (p50), ${delayMs.p99} ms (p99), ${delayMs.max} ms (longest)`,
  )
  expect(seen.models).toBeGreaterThanOrEqual(models)
  expect(turns).toBeGreaterThan(100)
  return seen
}

test.each([1000, 10_000])(
  'a refresh in which %i models have changed never works for more than 10 ms at a stretch',
  async models => {
    const { longestWorkMs } = await watchRefreshes(models)
    expect(longestWorkMs).toBeLessThanOrEqual(longestMs)
  },
)

test('lists of 10,000 models, names that none of them has and reloads never work for more than 10 ms at a stretch', async () => {
  const seen = Object.entries((await runChild('questions-child.ts', 10_000)) as WatchedQuestions)
  const tellTurns = ([title, { turns, longestTurnMs, longestWorkMs }]: (typeof seen)[number]): string =>
    `${title}: ${turns} turns, the longest ${longestTurnMs.toFixed(1)} ms, ${longestWorkMs.toFixed(1)} ms without collections`
  console.info(seen.map(tellTurns).join('\n'))
  expect(seen.length).toBeGreaterThan(10)
  expect(seen.filter(([, { longestWorkMs }]) => longestWorkMs > longestMs).map(tellTurns)).toEqual([])
})
