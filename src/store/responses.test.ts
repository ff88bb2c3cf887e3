import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Notice } from '../events.ts'
import { createManualClock, type ManualClock } from '../lib/clock.ts'
import { openStore, type Store } from './index.ts'
import { createResponseStore, type StoredResponse } from './responses.ts'
import type { CallWorker } from './worker-client.ts'

let directory: string
let clock: ManualClock
let opened: Store[]

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'responses-')), 'data')
  clock = createManualClock()
  opened = []
})

afterEach(async () => {
  for (const store of opened) await store.close()
  rmSync(join(directory, '..'), { recursive: true, force: true })
})

async function open(): Promise<Store> {
  const store = await openStore({ directory, clock, observe: () => {} })
  opened.push(store)
  return store
}

function makeRecord(id: string, changes: Partial<StoredResponse> = {}): StoredResponse {
  return {
    tenant: 'one',
    id,
    previousId: null,
    boundTo: 'openai/gpt-5',
    kept: true,
    createdAt: clock.wall(),
    input: '"H\u00e9llo \\u2028"',
    response: '{"id":"x"}',
    ...changes,
  }
}

test('a response is found by its id and by those of its items, also after a restart', async () => {
  const record = makeRecord('resp_1', { previousId: 'resp_0' })
  const store = await open()
  store.responses.keep({ record, itemIds: ['msg_1', 'rs_1'] })
  expect(await store.responses.find({ tenant: 'one', id: 'resp_1' })).toEqual(record)
  expect(await store.responses.findByItem({ tenant: 'one', id: 'rs_1' })).toEqual(record)
  await store.close()
  const { responses } = await open()
  expect(await responses.find({ tenant: 'one', id: 'resp_1' })).toEqual(record)
  expect(await responses.findByItem({ tenant: 'one', id: 'msg_1' })).toEqual(record)
  expect(await responses.find({ tenant: 'one', id: 'resp_2' })).toBeNull()
})

test('nobody finds or deletes what is another tenant’s', async () => {
  const { responses } = await open()
  responses.keep({ record: makeRecord('resp_1'), itemIds: ['msg_1'] })
  const key = { tenant: 'two', id: 'resp_1' }
  expect(await responses.find(key)).toBeNull()
  expect(await responses.findByItem({ tenant: 'two', id: 'msg_1' })).toBeNull()
  expect(await responses.remove(key)).toBe(false)
  expect(await responses.find({ tenant: 'one', id: 'resp_1' })).not.toBeNull()
})

test('what is removed is gone, with the names of its items', async () => {
  const { responses } = await open()
  responses.keep({ record: makeRecord('resp_1'), itemIds: ['msg_1'] })
  expect(await responses.remove({ tenant: 'one', id: 'resp_1' })).toBe(true)
  expect(await responses.find({ tenant: 'one', id: 'resp_1' })).toBeNull()
  expect(await responses.findByItem({ tenant: 'one', id: 'msg_1' })).toBeNull()
})

test('the same id again replaces what was there: a response that is over takes the place of one that was queued', async () => {
  const { responses } = await open()
  responses.keep({ record: makeRecord('resp_1'), itemIds: [] })
  const over = makeRecord('resp_1', { response: '{"status":"completed"}' })
  responses.keep({ record: over, itemIds: ['msg_1'] })
  expect(await responses.findByItem({ tenant: 'one', id: 'msg_1' })).toEqual(over)
})

const countRows = () => {
  const database = new DatabaseSync(join(directory, 'gateway.sqlite'))
  try {
    return Number(database.prepare('SELECT count(*) AS count FROM responses').get()?.['count'])
  } finally {
    database.close()
  }
}

test('after thirty days a response is deleted', async () => {
  const day = 86_400_000
  const { responses } = await open()
  for (let index = 0; index < 250; index++)
    responses.keep({
      record: makeRecord(`old_${index}`, { createdAt: clock.wall() - 31 * day }),
      itemIds: [],
    })
  responses.keep({ record: makeRecord('young', { createdAt: clock.wall() - 29 * day }), itemIds: [] })
  await responses.findByItem({ tenant: 'one', id: 'none' })
  clock.advance(90_000)
  await vi.waitFor(() => expect(countRows()).toBe(1), 5_000)
})

/** A worker that answers at once, and what it was asked. */
function fakeWorker(answers: Partial<Record<string, (input: never) => unknown>>) {
  const asked: { name: string; input: unknown }[] = []
  const call = ((name: string, input: never) => {
    asked.push({ name, input })
    try {
      return Promise.resolve(answers[name]?.(input) ?? null)
    } catch (thrown) {
      return Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
  }) as CallWorker
  return { call, asked }
}

test('what was kept last is answered from memory, within bounds', async () => {
  const { call, asked } = fakeWorker({})
  const store = createResponseStore({ call, clock, observe: () => {} })
  const large = 'x'.repeat(12 << 20)
  for (const id of ['a', 'b', 'c']) store.keep({ record: makeRecord(id, { response: large }), itemIds: [] })
  expect(await store.find({ tenant: 'one', id: 'c' })).not.toBeNull()
  expect(asked.filter(({ name }) => name === 'findResponse')).toEqual([])
  expect(await store.find({ tenant: 'one', id: 'a' })).toBeNull()
  expect(asked.filter(({ name }) => name === 'findResponse').length).toBe(1)
  store.stop()
})

test('what is removed while it is read from the disk does not come back into memory', async () => {
  const onDisk = new Set(['a'])
  const { call } = fakeWorker({
    findResponse: ({ id }: { readonly id: string }) => (onDisk.has(id) ? makeRecord(id) : null),
    deleteResponse: ({ id }: { readonly id: string }) => onDisk.delete(id),
  })
  const store = createResponseStore({ call, clock, observe: () => {} })
  const key = { tenant: 'one', id: 'a' }
  const reading = store.find(key)
  expect(await store.remove(key)).toBe(true)
  expect(await reading).not.toBeNull()
  expect(await store.find(key)).toBeNull()
  store.stop()
})

test('a disk that takes nothing is told of once, and the response is there all the same', async () => {
  const notices: Notice[] = []
  const { call } = fakeWorker({
    putResponse: () => {
      throw new Error('disk full')
    },
  })
  const observe = (event: { readonly type: string }) => void notices.push(event as Notice)
  const store = createResponseStore({ call, clock, observe })
  store.keep({ record: makeRecord('a'), itemIds: [] })
  store.keep({ record: makeRecord('b'), itemIds: [] })
  await vi.waitFor(() => expect(notices.length).toBe(1))
  expect(notices[0]?.message).toContain('disk full')
  expect(await store.find({ tenant: 'one', id: 'b' })).not.toBeNull()
  store.stop()
})

test('what is too much is deleted, oldest first, as soon as a lot was added', async () => {
  const { call, asked } = fakeWorker({ pruneResponses: () => 0 })
  const store = createResponseStore({ call, clock, observe: () => {}, maxSize: 800 })
  store.keep({ record: makeRecord('a', { response: 'x'.repeat(200) }), itemIds: [] })
  await vi.waitFor(() =>
    expect(asked.at(-1)).toMatchObject({ name: 'pruneResponses', input: { maxSize: 800 } }),
  )
  store.stop()
})
