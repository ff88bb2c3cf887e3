// The Python clients of all vendors against a gateway, before scripted vendors of three formats: each client asks each.

import { afterAll, beforeAll, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts'
import { type GatewayProcess, removeFolder, startGateway, withKey } from '../support/gateway-process.ts'
import { expectPython, installPythonClients } from '../support/python.ts'
import { speakForVendors, vendorModels, vendorProviders } from '../support/scripted-vendors/index.ts'
import {
  city,
  failWith,
  greeting,
  inputTokens,
  outputTokens,
  sayResult,
} from '../support/scripted-vendors/turn.ts'

let upstream: FakeUpstream
let gateway: GatewayProcess

beforeAll(async () => {
  await installPythonClients()
  upstream = await startFakeUpstream(speakForVendors)
  gateway = await startGateway({
    yaml: withKey(`providers: ${JSON.stringify(vendorProviders(upstream.port))}`),
  })
}, 300_000)

afterAll(async () => {
  await upstream.close()
  await gateway.stop()
  removeFolder(gateway.folder)
})

/** What the scripts compare with. */
const expected = {
  models: Object.values(vendorModels),
  greeting,
  result: sayResult('sunny'),
  city,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  failure: failWith(400),
}

test.each([['anthropic'], ['google'], ['cohere'], ['mistral'], ['ollama'], ['aws'], ['langchain']])(
  'chats, streams, tools, structured answers and errors: the client of %s',
  async name => {
    await expectPython(gateway, [`clients/${name}_client.py`], {
      LLM_PROXY_VENDORS: JSON.stringify(expected),
    })
  },
)
