// A gateway reduced to its ledger: appends rows as fast as it can, and names each on standard output once it is written.
// Usage: node store-child.ts DIRECTORY PREFIX. It runs until it is killed.

import { systemClock } from '../../src/lib/clock.ts'
import { openStore } from '../../src/store/index.ts'
import { makeExchange } from './exchanges.ts'

const [directory = '', prefix = ''] = process.argv.slice(2)
const store = await openStore({ directory, clock: systemClock, observe: () => {} })

let number = 0
const appendSome = () => {
  for (let count = 0; count < 20; count++) {
    const id = `${prefix}_${number}`
    number += 1
    store.ledger.append(makeExchange(id, { startedAt: Date.now() }), error => {
      if (error === null) process.stdout.write(`${id}\n`)
    })
  }
  setImmediate(appendSome)
}
appendSome()
