// Python programs against a gateway with the simulator: OpenAI's client, the documented programs, and the examples.

import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type GatewayProcess,
  removeFolder,
  repository,
  startGateway,
  withKey,
} from '../support/gateway-process.ts'
import { documentedPrograms, expectPython, installPythonClients, pythonScripts } from '../support/python.ts'

let gateway: GatewayProcess

beforeAll(async () => {
  await installPythonClients()
  // Each failure that a program asks for is one failure: others look at the health of the provider.
  const simulator = `simulator: { first_token_ms: 5, token_ms: 2 }
providers: [{ type: simulator, max_retries: 0 }]
routing: { defaults: { max_limit_wait: 1ms } }`
  gateway = await startGateway({ yaml: withKey(simulator) })
}, 300_000)

afterAll(async () => {
  await gateway.stop()
  removeFolder(gateway.folder)
})

test.each([
  ['plain'],
  ['stream'],
  ['stream_helper'],
  ['tools'],
  ['streamed_tools'],
  ['structured'],
  ['embeddings'],
  ['completions'],
  ['models'],
  ['errors'],
  ['asynchronous'],
  ['leave_stream'],
])("OpenAI's Python client: %s", async name => {
  await expectPython(gateway, ['sdk.py', name])
})

test.each(documentedPrograms)('the documented program runs as it is written: %s', async name => {
  await expectPython(gateway, ['run_documented.py', name])
})

test.each([
  ['openai_sdk.py'],
  ['plain_requests.py'],
  ['anthropic_sdk.py'],
  ['google_genai.py'],
  ['boto3_bedrock.py'],
])('the example %s runs', async name => {
  // The pair of a key of the configuration, for the SDK that signs.
  const pair = {
    AWS_ACCESS_KEY_ID: `key_${hash('sha256', gateway.key).slice(0, 12)}`,
    AWS_SECRET_ACCESS_KEY: gateway.key,
  }
  await expectPython(gateway, [join(repository, 'examples/python', name)], pair)
})

const shared = process.env['LLM_PROXY_SHARED']

describe.skipIf(shared === undefined)('with LLM_PROXY_SHARED set', () => {
  test('the documented programs are those of the document, letter for letter', () => {
    const document = readFileSync(join(shared ?? '', 'spec/original.pt.md'), 'utf8').replaceAll(
      /[ \t]+$/gm,
      '',
    )
    for (const name of ['documented_examples.py', 'documented_use_cases.py']) {
      const programs = readFileSync(join(pythonScripts, name), 'utf8')
        .split(/\n\n\n(?=class )/)
        .slice(1)
      expect(programs).toHaveLength(5)
      for (const program of programs) expect(document).toContain(program.trimEnd())
    }
  })
})
