// What the README and the examples show is what happens. (Those in Python are in python-sdk.test.ts.)

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../support/child-process.ts'
import { type GatewayProcess, removeFolder, repository, startGateway } from '../support/gateway-process.ts'

let gateway: GatewayProcess
let environment: Record<string, string>

beforeAll(async () => {
  gateway = await startGateway()
  environment = { LLM_PROXY_URL: gateway.url, LLM_PROXY_KEY: gateway.key }
})

afterAll(async () => {
  await gateway.stop()
  removeFolder(gateway.folder)
})

/** The commands of the README's shell blocks that ask the gateway something, with their continuation lines. */
function curlCommands(): string[] {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block)
  return blocks
    .flatMap(block => block.replaceAll('\\\n', ' ').split('\n'))
    .filter(line => line.startsWith('curl '))
    .map(line => line.replaceAll('http://localhost:8000', gateway.url))
}

test('every curl of the README is answered', async () => {
  const commands = curlCommands()
  expect(commands.length).toBeGreaterThanOrEqual(5)
  for (const command of commands) {
    const end = await run('bash', ['-c', `set -o pipefail; ${command.replace('curl ', 'curl -fsS ')}`], {
      environment,
    })
    expect(end, command).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/\S/) })
  }
})

test('the example with curl shows answers, a stream, models, embeddings and an error', async () => {
  const end = await run('sh', [join(repository, 'examples/chat.sh')], { environment })
  expect(end).toMatchObject({ code: 0, stderr: '' })
  for (const word of [
    'x-llm-proxy-provider: simulator',
    'data: [DONE]',
    '"gpt-4o"',
    '"embedding"',
    'messages[0]',
  ])
    expect(end.stdout).toContain(word)
})

test('the example in TypeScript prints an answer, a stream and an error', async () => {
  const example = join(repository, 'examples/typescript/openai-sdk.ts')
  const end = await run(process.execPath, [example], { environment })
  expect(end).toMatchObject({ code: 0, stderr: '' })
  expect(end.stdout).toMatch(/provider: simulator.*404 model_not_found/s)
})

test.each([
  ['openai-responses.ts', /What did I say\?.*\d+ tokens/s],
  ['anthropic-sdk.ts', /\d+ tokens\nget_weather .*404/s],
  ['google-genai.ts', /fits: .*\n2 vectors of 1536 numbers/],
  ['cohere-sdk.ts', /tokens: \d+.*2 vectors/s],
  ['ollama-sdk.ts', /\d+ models.*does not exist/s],
  ['vercel-ai-sdk.ts', /Sunny in /],
])('the example %s prints what it promises', async (name, expected) => {
  const end = await run(process.execPath, [join(repository, 'examples/typescript', name)], { environment })
  expect(end).toMatchObject({ code: 0, stderr: '' })
  expect(end.stdout).toMatch(expected)
})
