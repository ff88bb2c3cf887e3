// The SDK of every format before vendors of three formats: the same text and the same figures, whole and in a stream.

import { describe, expect, test } from 'vitest'
import { openClients } from '../support/asking-clients.ts'
import { vendorModels } from '../support/scripted-vendors/index.ts'
import { greeting, inputTokens, outputTokens } from '../support/scripted-vendors/turn.ts'
import { testKey } from '../support/test-gateway.ts'
import { shareVendors } from '../support/vendor-scene.ts'

const gatewayUrl = shareVendors()
const names = openClients({ url: 'http://nowhere', key: 'none' }).map(({ name }) => name)

describe.each(Object.entries(vendorModels))('a vendor of %s', (_format, model) => {
  test.each(names)('answers the client of %s', async name => {
    const client = openClients({ url: gatewayUrl(), key: testKey }).find(each => each.name === name)
    const question = { model, system: 'Be brief.', text: 'Hi', maxTokens: 100 }
    const answer = { text: greeting, input: inputTokens, output: outputTokens }
    expect(await client?.whole(question)).toEqual(answer)
    expect(await client?.stream(question)).toEqual(answer)
  })
})
