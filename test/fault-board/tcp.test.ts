// Faults of the connections to an upstream, made by Toxiproxy.

import { afterAll, beforeAll, describe, test } from 'vitest'
import { expectSection, openPins } from './support/book.ts'
import type { Fault } from './support/faults.ts'
import { type Judged, playFault } from './support/play-fault.ts'
import { tcpFaults } from './support/tcp-faults.ts'
import { hasToxiproxy, startToxiproxy, type Toxiproxy } from './support/toxiproxy.ts'
import { boardOfVariant, checkFault, variants } from './support/variants.ts'

const skipWord = hasToxiproxy
  ? ''
  : ' (skipped: there is no Toxiproxy, which scripts/install-toxiproxy.sh installs)'

describe.skipIf(!hasToxiproxy)(`connections that suffer${skipWord}`, () => {
  const pins = openPins('tcp')
  const judged = new Map<Fault, readonly Judged[]>()
  let proxy: Toxiproxy

  beforeAll(async () => {
    proxy = await startToxiproxy()
  })

  afterAll(async () => {
    pins.close()
    await proxy.stop()
  })

  test.each(tcpFaults)('$name', async fault => {
    const cells = await playFault(fault, (port, toxic) => proxy.open(port, toxic))
    judged.set(fault, cells)
    checkFault(fault, cells, pins)
  })

  test('every deviation that is pinned has its reason', () => {
    pins.checkReasons()
  })

  test('the board says what came of it', () => {
    const boards = variants.map(
      variant => `### Connections: ${variant.variant}\n\n${boardOfVariant(tcpFaults, judged, variant)}`,
    )
    expectSection('tcp', boards.join('\n\n'))
  })
})
