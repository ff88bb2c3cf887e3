import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeExchange } from '../../test/support/exchanges.ts'
import type { ExchangeEnded, RouteDecision } from '../events.ts'
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
  const { type: _type, errorMessage: _message, warnings: _warnings, ...row } = event
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
  encodeLedgerRow(makeExchange('a')).replace('[2,', '[9,'),
])('a line that is no row of a known version is recognised: %s', line => {
  expect(decodeLedgerLine(line.trimEnd())).toBeNull()
})

const facts = {
  inputCharacters: 1_200,
  needs: { tools: true, vision: false, json: true, reasoning: false },
  maxTokens: 300,
}

const plain: RouteDecision = {
  rule: null,
  model: 'fast',
  strategy: 'priority',
  seed: null,
  candidates: ['openai/gpt-4o-mini'],
  scores: null,
  propensity: null,
  filtered: [],
  split: null,
  facts,
}

test.each<[string, RouteDecision]>([
  ['with nothing to choose', plain],
  ['without a bound of the answer', { ...plain, facts: { ...facts, maxTokens: null } }],
  ['of a rule', { ...plain, rule: 'night', model: 'small' }],
  ['of a copy', { ...plain, shadow: true }],
  [
    'between several',
    {
      ...plain,
      strategy: 'adaptive',
      seed: 12_345,
      candidates: ['openai/gpt-4o-mini', 'groq/llama'],
      scores: [0.25, null],
      propensity: 0.7,
      filtered: [{ target: 'a/b', reason: 'does not take `seed`' }],
      split: { use: ['small'], draw: 0.05 },
      affinity: true,
    },
  ],
])('the decision %s is the same after the spool and SQL', (_, decision) => {
  const event = makeExchange('req_1', { decision })
  expect(storeAndRead(event)).toEqual(expectedRow(event))
})

test('a decision with nothing to choose takes few bytes', () => {
  const bytes = (decision: RouteDecision | null) => encodeLedgerRow(makeExchange('r', { decision })).length
  expect(bytes(plain) - bytes(null)).toBeLessThan(30)
})

test('a line that an earlier version left behind is read, without a decision', () => {
  const fields = JSON.parse(encodeLedgerRow(makeExchange('req_1'))) as unknown[]
  const older = JSON.stringify([1, ...fields.slice(1, -1)])
  expect(decodeLedgerLine(older)?.at(-1)).toBe(null)
  expect(decodeLedgerLine(older)?.length).toBe(ledgerColumns.length)
})
