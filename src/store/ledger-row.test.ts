import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeExchange } from '../../test/support/exchanges.ts'
import type { ExchangeEnded } from '../events.ts'
import {
  decodeLedgerLine,
  encodeLedgerRow,
  type LedgerRow,
  ledgerColumns,
  readLedgerRow,
} from './ledger-row.ts'
import { migrate } from './schema.ts'

/** The row that comes out of SQL for an event. */
function storeAndRead(event: ExchangeEnded): LedgerRow {
  const database = new DatabaseSync(':memory:')
  migrate(database)
  const values = decodeLedgerLine(encodeLedgerRow(event).trimEnd())
  if (values === null) throw new Error('The line was not understood.')
  const places = ledgerColumns.map(() => '?').join(', ')
  database.prepare(`INSERT INTO ledger VALUES (${places})`).run(...values)
  const record = database.prepare('SELECT * FROM ledger').get()
  database.close()
  if (record === undefined) throw new Error('There is no record.')
  return readLedgerRow(record)
}

function expectedRow(event: ExchangeEnded): LedgerRow {
  const { type: _type, errorMessage: _message, warnings: _warnings, decision: _decision, ...row } = event
  return row
}

test('a row is the same after the spool and SQL, down to the last field', () => {
  const event = makeExchange('req_1')
  expect(storeAndRead(event)).toEqual(expectedRow(event))
})

test('a row of a request that reached no upstream keeps its nulls', () => {
  const event = makeExchange('req_1', {
    keyId: null,
    modelAsked: null,
    provider: null,
    model: null,
    errorCode: 'missing_api_key',
    finishReason: null,
    usage: null,
    usageSource: 'none',
    costNanoUsd: null,
    costStatus: 'none',
    firstContentMs: null,
    streaming: false,
    attempts: [],
  })
  expect(storeAndRead(event)).toEqual(expectedRow(event))
})

test('a line has no newline but its last character, whatever a name holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const event = makeExchange('req_1', { modelAsked: text, finishReason: text })
      expect(encodeLedgerRow(event).indexOf('\n')).toBe(encodeLedgerRow(event).length - 1)
      expect(storeAndRead(event)).toEqual(expectedRow(event))
    }),
    { numRuns: 50 },
  )
})

test('the words of an upstream stay out of the ledger, for they may quote the prompt', () => {
  const event = makeExchange('req_1', { errorMessage: 'You said: hunter2', warnings: ['hunter2'] })
  expect(encodeLedgerRow(event)).not.toContain('hunter2')
})

test.each([
  '',
  'null',
  '{}',
  '[]',
  '[1,"req_1"]',
  '[1',
  encodeLedgerRow(makeExchange('a')).replace('[1,', '[9,'),
])('a line that is no row of a known version is recognised: %s', line => {
  expect(decodeLedgerLine(line.trimEnd())).toBeNull()
})
