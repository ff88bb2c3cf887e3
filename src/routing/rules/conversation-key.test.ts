import { describe, expect, test } from 'vitest'
import { createManualClock } from '../../lib/clock.ts'
import { createAffinityMemory } from './affinity.ts'
import { askedRequest } from './asked.fixture.ts'
import { conversationKeyOf } from './conversation-key.ts'

const first = [{ role: 'user', content: 'What is a monad?' }]
const second = [...first, { role: 'assistant', content: 'A monoid…' }, { role: 'user', content: 'Why?' }]

describe('the key of a conversation', () => {
  test.each([
    ['chat', { messages: first }, { messages: second }],
    ['with instructions', { system: 'Be brief', messages: first }, { system: 'Be brief', messages: second }],
    [
      'in parts',
      { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
      {
        contents: [
          { role: 'user', parts: [{ text: 'Hi' }] },
          { role: 'model', parts: [{ text: 'Ho' }] },
        ],
      },
    ],
  ])('stays the same while it goes on: %s', (_, one, next) => {
    const [opening, later] = [one, next].map(body => conversationKeyOf(askedRequest({ body })))
    expect(opening?.goesOn).toBe(false)
    expect(later).toEqual({ key: opening?.key, goesOn: true })
  })

  test.each([
    ['embeddings', 'embedding', { input: ['apples'] }],
    ['an embedding', 'embedding', { input: 'apples' }],
    ['a chat without a message of the user', 'chat', { system: 'Be brief', messages: [] }],
    ['a list of texts', 'chat', { input: ['apples'] }],
  ] as const)('is none for %s, unless the client names one', (_, operation, body) => {
    const facts = { ...askedRequest({ body }).facts, operation }
    expect(conversationKeyOf({ ...askedRequest({ body }), facts })).toBeNull()
    const named = { ...body, prompt_cache_key: 'mine' }
    expect(conversationKeyOf({ ...askedRequest({ body: named }), facts })).not.toBeNull()
  })

  test('differs by beginning, tenant, key and model', () => {
    const base = askedRequest({ body: { messages: first } })
    const others = [
      { ...base, tenant: 'other' },
      { ...base, keyId: 'key_2' },
      { ...base, facts: { ...base.facts, model: 'large' } },
      { ...base, body: { messages: [{ role: 'user', content: 'What is a functor?' }] } },
      { ...base, body: { messages: [{ role: 'user', content: `What is a monad?${' '.repeat(2_000)}` }] } },
    ]
    const keys = [base, ...others].map(asked => conversationKeyOf(asked)?.key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test.each([
    { body: { messages: first, prompt_cache_key: 'c1' } },
    { body: { messages: first, metadata: { session_id: 'c1' } } },
    { body: { messages: first }, headers: { 'x-session-id': 'c1' } },
  ])('is what the client calls it, from the first request on: %o', changes => {
    expect(conversationKeyOf(askedRequest(changes))).toMatchObject({ goesOn: true })
  })

  test('is none where nothing is said', () => {
    expect(conversationKeyOf(askedRequest({ body: {} }))).toBe(null)
  })
})

const nameOf = (key: string) => ({ tenant: 'house', key })

test('a conversation is forgotten after a while, and when there are too many', () => {
  const clock = createManualClock()
  const memory = createAffinityMemory({ maxConversations: 2, keepMs: 1_000, clock })
  memory.remember(nameOf('a'), 'x/1')
  expect(memory.targetOf(nameOf('a'))).toBe('x/1')
  clock.advance(1_001)
  expect(memory.targetOf(nameOf('a'))).toBe(null)
  for (const name of ['b', 'c', 'd']) memory.remember(nameOf(name), 'x/2')
  expect(['b', 'c', 'd'].map(name => memory.targetOf(nameOf(name)))).toEqual([null, 'x/2', 'x/2'])
})

test('other instances are told where a conversation is, and asked only where nobody here knows', () => {
  const clock = createManualClock()
  const told: unknown[] = []
  const shared = {
    recall: ({ tenant, key }: { tenant: string; key: string }) => (key === 'b' ? `${tenant}/2` : 'x/3'),
    find: () => null,
    remember: (...written: readonly unknown[]) => void told.push(written),
  }
  const memory = createAffinityMemory({ maxConversations: 2, keepMs: 1_000, clock, shared })
  memory.remember(nameOf('a'), 'x/1')
  expect(told).toEqual([[nameOf('a'), 'x/1', 1_000]])
  expect(['a', 'b'].map(name => memory.targetOf(nameOf(name)))).toEqual(['x/1', 'house/2'])
})

test('a conversation is looked up at the other instances only where its place is not known here', async () => {
  const clock = createManualClock()
  const copied = new Map([['copied', 'x/2']])
  const asked: string[] = []
  const memory = createAffinityMemory({
    maxConversations: 2,
    keepMs: 1_000,
    clock,
    shared: {
      recall: ({ key }) => copied.get(key) ?? null,
      find({ key }) {
        asked.push(key)
        const known = copied.get(key)
        copied.set(key, known ?? 'x/3')
        return known ?? Promise.resolve('x/3')
      },
      remember: () => {},
    },
  })
  memory.remember(nameOf('here'), 'x/1')
  expect(memory.lookUp?.(nameOf('here'))).toBe(null)
  expect(memory.lookUp?.(nameOf('copied'))).toBe(null)
  await memory.lookUp?.(nameOf('elsewhere'))
  expect(memory.targetOf(nameOf('elsewhere'))).toBe('x/3')
  expect(memory.lookUp?.(nameOf('elsewhere'))).toBe(null)
  clock.advance(1_001)
  await memory.lookUp?.(nameOf('here'))
  expect(asked).toEqual(['copied', 'elsewhere', 'elsewhere', 'here'])
})

test('an instance without others looks nothing up', () => {
  const memory = createAffinityMemory({ maxConversations: 2, keepMs: 1_000, clock: createManualClock() })
  expect(memory.lookUp).toBe(null)
})
