import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GatewayError } from '../errors.ts'
import { failureOf, idsOf, indexOf, provider } from './model-index.fixture.ts'
import type { ModelIndex } from './model-index.ts'

const openai = provider('openai', ['gpt-4o', 'gpt-4o-mini', 'o3'])
const azure = provider('azure', ['gpt-4o'])
const anthropic = provider('anthropic', ['claude-sonnet', 'claude-opus'])

describe('a name that providers list', () => {
  test('goes to all of them, lowest priority number first, equals in the order of the configuration', () => {
    const ordered = [
      provider('c', ['m'], { priority: 2 }),
      provider('b', ['m'], { priority: 1 }),
      provider('a', ['m'], { priority: 1 }),
      provider('x', ['other'], { priority: 0 }),
    ]
    expect(idsOf(indexOf(ordered), 'm')).toEqual(['b/m', 'a/m', 'c/m'])
  })

  test('may hold slashes, and wins over its reading as provider/model', () => {
    const index = indexOf([
      provider('openai', ['gpt-4o']),
      provider('openrouter', ['openai/gpt-4o', 'anthropic/claude-3']),
      provider('together', ['meta-llama/Llama-3']),
    ])
    expect(idsOf(index, 'meta-llama/Llama-3')).toEqual(['together/meta-llama/Llama-3'])
    expect(idsOf(index, 'openai/gpt-4o')).toEqual(['openrouter/openai/gpt-4o'])
    expect(idsOf(index, 'openrouter/anthropic/claude-3')).toEqual(['openrouter/anthropic/claude-3'])
  })

  test('skips providers that lack the operation, and those that cannot be used', () => {
    const index = indexOf([
      provider('chat-only', ['m'], { operations: ['chat'] }),
      provider('broken', ['m'], { usable: false, unusableReason: 'has no key' }),
      provider('both', ['m']),
    ])
    expect(idsOf(index, 'm', 'embedding')).toEqual(['both/m'])
    expect(idsOf(index, 'm')).toEqual(['chat-only/m', 'both/m'])
  })

  test('is asked by its deployment, and priced by its model', () => {
    const hosted = provider('azure', ['o3'], {
      deployments: { 'gpt-4o': 'prod-4o', tuned: 'prod-tuned' },
      baseModels: { tuned: 'gpt-4o-mini', 'prod-plain': 'gpt-4' },
    })
    const index = indexOf([hosted])
    const targetOf = (name: string) => index.resolve(name, 'chat')[0]
    expect(targetOf('gpt-4o')).toMatchObject({ id: 'azure/prod-4o', model: 'prod-4o', priceModel: 'gpt-4o' })
    expect(targetOf('tuned')).toMatchObject({ model: 'prod-tuned', priceModel: 'gpt-4o-mini' })
    expect(targetOf('azure/prod-4o')).toMatchObject({ model: 'prod-4o', priceModel: 'gpt-4o' })
    expect(targetOf('azure/prod-tuned')).toMatchObject({ model: 'prod-tuned', priceModel: 'gpt-4o-mini' })
    expect(targetOf('azure/prod-plain')).toMatchObject({ model: 'prod-plain', priceModel: 'gpt-4' })
    expect(targetOf('o3')).toMatchObject({ id: 'azure/o3', model: 'o3', priceModel: 'o3' })
  })
})

describe('provider/model', () => {
  test('goes to that provider alone', () => {
    expect(idsOf(indexOf([openai, azure]), 'azure/gpt-4o')).toEqual(['azure/gpt-4o'])
  })

  test('passes a model through that the provider does not list', () => {
    expect(idsOf(indexOf([openai]), 'openai/gpt-99')).toEqual(['openai/gpt-99'])
    expect(idsOf(indexOf([openai]), 'openai/team/gpt-99')).toEqual(['openai/team/gpt-99'])
  })

  test('needs both halves', () => {
    for (const name of ['openai/', '/gpt-4o', '/', ''])
      expect(failureOf(indexOf([openai]), name).code).toBe('model_not_found')
  })
})

describe('aliases, groups and fallbacks', () => {
  const tables = {
    aliases: { fast: 'gpt-4o-mini', quick: 'fast', pinned: 'azure/gpt-4o', best: 'top' },
    groups: { top: ['claude-opus', 'gpt-4o'], wide: ['top', 'quick', 'openai/gpt-4o'] },
  }

  test('an alias leads on, through aliases, to a provider and to a group', () => {
    const index = indexOf([openai, azure, anthropic], tables)
    expect(idsOf(index, 'quick')).toEqual(['openai/gpt-4o-mini'])
    expect(idsOf(index, 'pinned')).toEqual(['azure/gpt-4o'])
    expect(idsOf(index, 'best')).toEqual(['anthropic/claude-opus', 'openai/gpt-4o', 'azure/gpt-4o'])
    expect(index.problems).toEqual([])
  })

  test('a group gives its members in order, each target once', () => {
    expect(idsOf(indexOf([openai, azure, anthropic], tables), 'wide')).toEqual([
      'anthropic/claude-opus',
      'openai/gpt-4o',
      'azure/gpt-4o',
      'openai/gpt-4o-mini',
    ])
  })

  test('fallbacks of the name, and of what it is an alias of, come last', () => {
    const index = indexOf([openai, azure, anthropic], {
      ...tables,
      fallbacks: {
        fast: ['claude-sonnet'],
        'gpt-4o-mini': ['o3', 'gpt-4o-mini'],
        top: ['fast'],
        'gpt-4o': ['o3'],
      },
    })
    expect(idsOf(index, 'gpt-4o-mini')).toEqual(['openai/gpt-4o-mini', 'openai/o3'])
    expect(idsOf(index, 'fast')).toEqual(['openai/gpt-4o-mini', 'anthropic/claude-sonnet', 'openai/o3'])
    expect(idsOf(index, 'best').at(-1)).toBe('openai/gpt-4o-mini')
    expect(idsOf(index, 'best')).not.toContain('openai/o3')
  })

  test('fallbacks serve where no provider of the model itself can be used', () => {
    const off = provider('openai', ['gpt-4o'], { usable: false, unusableReason: 'has no key' })
    const index = indexOf([off, anthropic], { fallbacks: { 'gpt-4o': ['claude-opus'] } })
    expect(idsOf(index, 'gpt-4o')).toEqual(['anthropic/claude-opus'])
  })

  test('a fallback does not answer an operation that the model lacks', () => {
    const chatOnly = provider('a', ['m'], { operations: ['chat'] })
    const index = indexOf([chatOnly, openai], { fallbacks: { m: ['gpt-4o'] } })
    expect(failureOf(index, 'm', 'embedding').code).toBe('invalid_request')
  })

  test('circles end, and are reported', () => {
    const index = indexOf([openai], {
      aliases: { a: 'b', b: 'a', self: 'self' },
      groups: { ring: ['gpt-4o', 'ring'], one: ['two'], two: ['one', 'o3'] },
    })
    expect(failureOf(index, 'a')).toMatchObject({ code: 'no_provider', param: 'model' })
    expect(failureOf(index, 'self').message).toContain('leads to no model: nobody serves `self`.')
    expect(idsOf(index, 'ring')).toEqual(['openai/gpt-4o'])
    expect(idsOf(index, 'one')).toEqual(['openai/o3'])
    for (const name of [
      'alias `a`',
      'alias `b`',
      'alias `self`',
      'group `ring`',
      'group `one`',
      'group `two`',
    ])
      expect(index.problems).toContain(`The ${name} leads back to itself.`)
  })

  test('mistakes are reported with the names that were meant', () => {
    const index = indexOf([openai, azure], {
      aliases: { fast: 'gpt-4o-mni', 'gpt-4o': 'o3' },
      groups: { empty: [], 'azure/x': ['o3'], fast: ['o3'] },
      fallbacks: { 'gpt-4': ['o3', 'nobody-has-this'] },
    })
    expect(index.problems).toEqual([
      'The alias `fast` names `gpt-4o-mni`, which nobody serves. Did you mean `gpt-4o-mini` or `gpt-4o`?',
      'The alias `gpt-4o` is never used: a provider lists a model of this name.',
      'The group `empty` has no members.',
      'The group `azure/x` is never used: the name is read as a model of a provider.',
      'The group `fast` is never used: an alias has this name.',
      expect.stringContaining('The list of fallbacks of `gpt-4` is never used: nobody serves `gpt-4`.'),
      'The list of fallbacks of `gpt-4` names `nobody-has-this`, which nobody serves.',
    ])
  })

  test('groups within groups do not multiply', () => {
    const groups: Record<string, string[]> = { g0: ['gpt-4o'] }
    for (let level = 1; level <= 60; level++) groups[`g${level}`] = [`g${level - 1}`, `g${level - 1}`]
    expect(idsOf(indexOf([openai], { groups }), 'g60')).toEqual(['openai/gpt-4o'])
  })
})

describe('a name that cannot be served', () => {
  test('is a 404 that suggests near names', () => {
    const failure = failureOf(indexOf([openai]), 'gpt-4o-mni')
    expect(failure).toMatchObject({ code: 'model_not_found', param: 'model' })
    expect(failure.message).toBe(
      'The model `gpt-4o-mni` does not exist here. Did you mean `gpt-4o-mini` or `gpt-4o`?',
    )
    expect(failureOf(indexOf([openai]), 'zzzzzzzzz').message).toBe(
      'The model `zzzzzzzzz` does not exist here.',
    )
  })

  test('is not found in the prototypes of objects', () => {
    const index = indexOf([openai], { aliases: { fast: 'o3' }, groups: { all: ['o3'] } })
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__/x'])
      expect(failureOf(index, name).code).toBe('model_not_found')
    expect(index.resolve('openai/constructor', 'chat')[0]).toMatchObject({
      model: 'constructor',
      priceModel: 'constructor',
    })
  })

  test('is repeated in the message, but not at any length', () => {
    expect(failureOf(indexOf([openai]), 'x'.repeat(1_000_000)).message.length).toBeLessThan(300)
  })

  test('says what each of its providers lacks', () => {
    const index = indexOf([
      provider('openai', ['gpt-4'], { usable: false, unusableReason: 'has no API key: set OPENAI_API_KEY' }),
      provider('azure', ['gpt-4'], {
        usable: false,
        unusableReason: 'has no base URL: set AZURE_OPENAI_ENDPOINT',
      }),
    ])
    expect(failureOf(index, 'openai/gpt-4')).toMatchObject({
      code: 'no_provider',
      message: '`openai/gpt-4` is configured for provider `openai`, which has no API key: set OPENAI_API_KEY',
    })
    expect(failureOf(index, 'gpt-4').message).toBe(
      '`gpt-4` is configured for provider `openai`, which has no API key: set OPENAI_API_KEY; ' +
        'and for provider `azure`, which has no base URL: set AZURE_OPENAI_ENDPOINT',
    )
  })

  test('is told apart from a model that lacks the operation', () => {
    const index = indexOf([provider('a', ['m'], { operations: ['chat'] })])
    expect(failureOf(index, 'm', 'embedding')).toMatchObject({
      code: 'invalid_request',
      param: 'model',
      message: 'None of the providers of `m` offers embeddings.',
    })
  })

  test('goes to a provider that takes any name, but only where nobody lists it', () => {
    const local = provider('local', [], { acceptsAnyModel: true, priority: 0 })
    const index = indexOf([local, openai], { aliases: { mine: 'my-model' } })
    expect(idsOf(index, 'my-model')).toEqual(['local/my-model'])
    expect(idsOf(index, 'mine')).toEqual(['local/my-model'])
    expect(idsOf(index, 'gpt-4o')).toEqual(['openai/gpt-4o'])
  })
})

describe('what is remembered', () => {
  test('the same question gets the same list', () => {
    const index = indexOf([openai, azure])
    expect(index.resolve('gpt-4o', 'chat')).toBe(index.resolve('gpt-4o', 'chat'))
    expect(index.resolve('gpt-4o', 'chat')).not.toBe(index.resolve('gpt-4o', 'embedding'))
  })

  test('invented and endless names change no answer', () => {
    const index = indexOf([openai], { aliases: { fast: 'o3' } })
    for (let round = 0; round < 10_000; round++) idsOf(index, `openai/invented-${round}`)
    const long = `openai/${'x'.repeat(100_000)}`
    expect(index.resolve(long, 'chat')).not.toBe(index.resolve(long, 'chat'))
    expect(idsOf(index, 'fast')).toEqual(['openai/o3'])
  })

  test('whatever the tables say, a name gives targets without repetition or one of three errors', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'gpt-4o', 'o3', 'openai/o3', 'azure/x', 'nobody', '__proto__')
    const lists = fc.dictionary(name, fc.array(name, { maxLength: 4 }))
    fc.assert(
      fc.property(fc.dictionary(name, name), lists, lists, (aliases, groups, fallbacks) => {
        const index = indexOf([openai, azure], { aliases, groups, fallbacks })
        const listed = new Set(index.list().map(model => model.id))
        for (const asked of ['a', 'b', 'c', 'gpt-4o', 'openai/o3', 'nobody', '__proto__', ...listed]) {
          const ids = attempt(index, asked)
          expect(new Set(ids).size).toBe(ids.length)
          if (listed.has(asked)) expect(ids.length).toBeGreaterThan(0)
        }
      }),
    )
  })

  function attempt(index: ModelIndex, name: string): string[] {
    try {
      return idsOf(index, name)
    } catch (error) {
      expect(['model_not_found', 'no_provider']).toContain((error as GatewayError).code)
      return []
    }
  }
})

describe('the list of models', () => {
  const off = provider('off', ['hidden', 'o3'], { usable: false, unusableReason: 'has no key' })
  const index = indexOf([openai, azure, off], {
    aliases: { fast: 'gpt-4o-mini', dead: 'hidden', o3: 'gpt-4o', broken: 'nobody' },
    groups: { top: ['hidden', 'gpt-4o'], none: [] },
    created: 1_700_000_000,
  })

  test('has every servable name once: models, aliases, groups, and provider/model where two serve the same', () => {
    expect(index.list().map(({ id, kind, ownedBy }) => `${id} ${kind} ${ownedBy}`)).toEqual([
      'gpt-4o model openai',
      'gpt-4o-mini model openai',
      'o3 model openai',
      'fast alias llm-proxy',
      'top group llm-proxy',
      'azure/gpt-4o model azure',
      'openai/gpt-4o model openai',
    ])
  })

  test('a single model is found by its name and by provider/model', () => {
    expect(index.find('fast')).toMatchObject({ id: 'fast', kind: 'alias' })
    expect(index.find('openai/o3')).toMatchObject({ id: 'openai/o3', ownedBy: 'openai' })
    for (const id of ['hidden', 'off/hidden', 'dead', 'nobody', '__proto__'])
      expect(index.find(id)).toBeNull()
  })
})
