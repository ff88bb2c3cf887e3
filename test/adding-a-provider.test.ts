// The guide docs/adding-a-provider.md, followed to the letter: its file and its line are added to a copy of the
// sources, and requests go through the gateway that comes of it.

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startChild } from './support/child-process.ts'
import { answerJson, answerText, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { describeGateway, type GatewayProcess, repository, withKey } from './support/gateway-process.ts'

const guide = readFileSync(join(repository, 'docs/adding-a-provider.md'), 'utf8')
const [file = '', line = ''] = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)

let folder: string
let upstream: FakeUpstream
let gateway: GatewayProcess

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llm-proxy-guide-'))
  for (const name of ['src', 'package.json'])
    cpSync(join(repository, name), join(folder, name), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'src/providers/acme.ts'), file)
  const index = join(folder, 'src/providers/index.ts')
  const list = readFileSync(index, 'utf8')
  const listed = list.replace('const providers: readonly Provider[] = [', found => `${found}\n  acme,`)
  writeFileSync(
    index,
    listed.replace('import ', () => `${line.trim()}\nimport `),
  )

  upstream = await startFakeUpstream(answerText('It works.'))
  const configuration = join(folder, 'config.yaml')
  writeFileSync(
    configuration,
    withKey(`providers:\n  - type: acme\n    base_url: ${upstream.baseUrl}\n    max_retries: 0`),
  )
  const child = startChild(process.execPath, [join(folder, 'src/main.ts'), '--config', configuration], {
    folder,
    environment: { ACME_API_KEY: 'acme-secret' },
  })
  gateway = await describeGateway(child, folder)
}, 20_000)

afterAll(async () => {
  await gateway?.stop()
  await upstream?.close()
  rmSync(folder, { recursive: true, force: true })
})

const question = { model: 'acme-small', messages: [{ role: 'user', content: 'Hello' }] }

test('the provider of the guide is asked with its key, and in its own words', async () => {
  upstream.behave(answerText('It works.'))
  const answer = await gateway.post('/v1/chat/completions', {
    ...question,
    max_completion_tokens: 5,
    store: false,
  })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'It works.' } }] })
  expect(answer.headers.get('x-llm-proxy-warnings')).toBe('dropped parameter store')
  const asked = upstream.requests.at(-1)
  expect(asked?.url).toBe('/v1/chat/completions')
  expect(asked?.headers.authorization).toBe('Bearer acme-secret')
  expect(JSON.parse(asked?.body.toString() ?? '')).toEqual({ ...question, max_tokens: 5 })
})

test('a prompt of the older completions reaches it as a conversation, and comes back as a text', async () => {
  upstream.behave(answerText('It works.'))
  const answer = await gateway.post('/v1/completions', {
    model: 'acme-small',
    prompt: 'Hello',
    max_tokens: 5,
  })
  expect(await answer.json()).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'It works.', finish_reason: 'stop' }],
  })
  expect(JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')).toEqual({ ...question, max_tokens: 5 })
})

test('what it lacks is refused by name, and its errors mean what the guide says', async () => {
  const refused = await gateway.post('/v1/chat/completions', { ...question, logit_bias: { 1: 2 } })
  expect(await refused.json()).toMatchObject({
    error: { code: 'unsupported_parameter', param: 'logit_bias' },
  })
  upstream.behave(answerJson(400, { error: { message: 'That is too many words.' } }))
  const tooLong = await gateway.post('/v1/chat/completions', question)
  expect(await tooLong.json()).toMatchObject({ error: { code: 'context_length_exceeded' } })
  upstream.behave(answerJson(400, { error: { message: 'Sorry.', code: 'account_empty' } }))
  const empty = await gateway.post('/v1/chat/completions', question)
  expect(await empty.json()).toMatchObject({ error: { code: 'insufficient_quota' } })
})
