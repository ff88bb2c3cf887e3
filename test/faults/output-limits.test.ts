// Providers that must be told how long an answer may be, asked by clients that do not say it: the catalogue knows the
// limit of the model.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { FilesInvalid } from '../../src/app/model-files.ts'
import { answerJson, startFakeUpstream } from '../support/fake-upstream.ts'
import { configurationText, eventually, shareScene } from '../support/scene.ts'
import { lastBody } from '../support/speakers.ts'
import { startTestGateway } from '../support/test-gateway.ts'

const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-details-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const answer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
}

function detailsFile(text: string): string {
  const file = join(folder, 'models.yaml')
  writeFileSync(file, text)
  return file
}

const scene = shareScene({
  upstreams: [[]],
  sections: ([upstream]) => ({
    providers: [
      {
        name: 'claude',
        type: 'anthropic',
        base_url: `http://127.0.0.1:${upstream?.port}`,
        api_key: 'sk-upstream',
        max_retries: 0,
        models: ['claude-haiku-4-5', 'our-tuned-one', 'a-stranger', 'claude-opus-5-5', 'claude-sonnet-5-5'],
        base_models: { 'our-tuned-one': 'claude-haiku-4-5' },
      },
    ],
    models: {
      details: { 'claude/claude-opus-5-5': { max_output: 1000 } },
      details_file: detailsFile(
        'claude-sonnet-5-5: { max_output: 2000 }\nclaude-opus-5-5: { max_output: 3000 }\n',
      ),
    },
  }),
})

async function sentLimit(model: string, more: object = {}): Promise<unknown> {
  scene().upstream.behave(answerJson(200, answer))
  const response = await scene().gateway.chat({ model, ...more })
  expect(response.status).toBe(200)
  return lastBody(scene().upstream)['max_tokens']
}

test('a model may answer as long as it can', async () => {
  expect(await sentLimit('claude-haiku-4-5')).toBe(64_000)
})

test('a model of one’s own may answer as long as its base can', async () => {
  expect(await sentLimit('our-tuned-one')).toBe(64_000)
})

test('a model that nobody knows gets what is safe', async () => {
  expect(await sentLimit('a-stranger')).toBe(8192)
})

test('what the operator says of a model wins, the configuration before the file', async () => {
  expect(await sentLimit('claude-sonnet-5-5')).toBe(2000)
  expect(await sentLimit('claude-opus-5-5')).toBe(1000)
})

test('a changed configuration counts at once, whoever has looked at the models before', async () => {
  const upstream = await startFakeUpstream(answerJson(200, answer))
  const text = (limit: number): string =>
    configurationText({
      providers: [
        {
          name: 'claude',
          type: 'anthropic',
          base_url: upstream.baseUrl,
          api_key: 'sk-1',
          models: ['claude-haiku-4-5'],
        },
      ],
      models: { details: { 'claude/claude-haiku-4-5': { max_output: limit } } },
    })
  const gateway = await startTestGateway(text(1000))
  onTestFinished(async () => {
    await gateway.stop()
    await upstream.close()
  })
  const sent = async (): Promise<unknown> => {
    expect((await gateway.chat({ model: 'claude-haiku-4-5' })).status).toBe(200)
    return lastBody(upstream)['max_tokens']
  }
  await fetch(`${gateway.url}/api/models`)
  expect(await sent()).toBe(1000)
  gateway.writeConfiguration(text(2000))
  await eventually(
    () => gateway.readLog().filter(({ message }) => message === 'configuration loaded').length === 2,
  )
  expect(await sent()).toBe(2000)
})

test('what the client says wins over all', async () => {
  expect(await sentLimit('claude-opus-5-5', { max_tokens: 17 })).toBe(17)
  expect(await sentLimit('claude-haiku-4-5', { max_completion_tokens: 18 })).toBe(18)
})

test('a file with a mistake does not start, and names it with its place', async () => {
  const file = detailsFile('m:\n  context_windw: 3\n')
  const started = startTestGateway(configurationText({ models: { details_file: file } }))
  await expect(started).rejects.toBeInstanceOf(FilesInvalid)
  await expect(started).rejects.toMatchObject({
    problems: [{ file, line: 2, column: 3, path: 'm.context_windw' }],
  })
})

test('a file that is not there does not start', async () => {
  const started = startTestGateway(configurationText({ models: { details_file: join(folder, 'none.yaml') } }))
  await expect(started).rejects.toMatchObject({
    problems: [{ path: 'models.details_file', message: 'cannot be read: there is no such file' }],
  })
})
