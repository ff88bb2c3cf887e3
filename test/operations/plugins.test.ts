// A provider of the operator's own, from a module beside the configuration.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answerText } from '../support/fake-upstream.ts'
import { openScene } from '../support/scene.ts'

function writeModule(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-plugin-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'provider.mjs'), text)
  return join(folder, 'provider.mjs')
}

test('a provider of a module is configured like any other, by its type', async () => {
  const path = writeModule(`export const provider = {
    type: 'acme', baseUrl: null, keyVariables: [], keyOptional: true,
    credentials: key => ['x-acme-key', key.reveal()],
    parameters: { user: 'drop', logit_bias: 'refuse' },
  }`)
  const scene = await openScene({
    upstreams: [[answerText('Hello')]],
    sections: upstreams => ({
      plugins: [path],
      providers: [
        { type: 'acme', base_url: upstreams[0]?.baseUrl, api_key: 'sk-acme-1234', models: ['test-model'] },
      ],
    }),
  })
  const response = await scene.gateway.chat({ user: 'me' })
  expect(response.headers.get('x-llm-proxy-provider')).toBe('acme')
  expect(response.headers.get('x-llm-proxy-warnings')).toBe('dropped parameter user')
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] })
  expect(scene.upstream.requests[0]).toMatchObject({
    url: '/v1/chat/completions',
    headers: { 'x-acme-key': 'sk-acme-1234' },
  })
  expect((await scene.gateway.chat({ logit_bias: { 1: 1 } })).status).toBe(400)
})

test('a module may answer without any network', async () => {
  const path = writeModule(`export const provider = {
    type: 'parrot', formats: { chat: ['openai-chat'] }, models: ['parrot-1'],
    answer: async ({ body, target }) => {
      const said = JSON.parse(body.toString()).messages.at(-1).content
      const choice = { index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }
      const answer = { id: 'x', object: 'chat.completion', model: target.model, choices: [choice] }
      return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(answer)) }
    },
  }`)
  const scene = await openScene({
    upstreams: [[]],
    sections: () => ({ plugins: [path], providers: [{ type: 'parrot' }] }),
  })
  const response = await scene.gateway.chat({ model: 'parrot-1' })
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] })
})
