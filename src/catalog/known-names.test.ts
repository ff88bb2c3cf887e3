import { describe, expect, test } from 'vitest'
import { failureOf, idsOf, indexOf, provider } from './model-index.fixture.ts'

describe('a model that nobody lists, but that is known', () => {
  const knows = (...known: string[]) => ({ knows: (model: string) => known.includes(model) })
  const first = provider('first', ['large'], knows('small', 'wide', 'second/own'))
  const second = provider('second', ['own'], { ...knows('small'), priority: 0 })
  const any = provider('any', [], { acceptsAnyModel: true, priority: -1 })

  test('is served by those who are known to have it, in the order of the providers, and by nobody else', () => {
    const index = indexOf([any, first, second])
    expect(idsOf(index, 'small')).toEqual(['second/small', 'first/small'])
    expect(idsOf(index, 'wide')).toEqual(['first/wide'])
    expect(idsOf(index, 'anything')).toEqual(['any/anything'])
  })

  test('is not known where nobody has it', () => {
    expect(failureOf(indexOf([first, second]), 'nothing')).toMatchObject({ code: 'model_not_found' })
  })

  test('comes after everything that the name may mean otherwise', () => {
    const index = indexOf([first, second, provider('third', ['wide'])], {
      aliases: { small: 'large' },
      groups: { wide: ['own'] },
    })
    expect(idsOf(index, 'small')).toEqual(['first/large'])
    expect(idsOf(index, 'wide')).toEqual(['third/wide'])
    expect(idsOf(index, 'second/own')).toEqual(['second/own'])
  })

  test('stands behind aliases, groups and fallbacks, and is no mistake there', () => {
    const index = indexOf([first], {
      aliases: { quick: 'small' },
      groups: { each: ['large', 'small'] },
      fallbacks: { large: ['wide'] },
    })
    expect(index.problems).toEqual([])
    expect(idsOf(index, 'quick')).toEqual(['first/small'])
    expect(idsOf(index, 'each')).toEqual(['first/large', 'first/small'])
    expect(idsOf(index, 'large')).toEqual(['first/large', 'first/wide'])
  })

  test('is found by its name and with its provider, and stands in no list', () => {
    const index = indexOf([first, second])
    expect(index.list().map(({ id }) => id)).toEqual(['large', 'own'])
    expect(index.find('small')).toMatchObject({ id: 'small', ownedBy: 'second', kind: 'model' })
    expect(index.find('first/small')).toMatchObject({ id: 'first/small', ownedBy: 'first' })
    expect(index.find('first/nothing')).toBeNull()
    expect(index.find('nothing')).toBeNull()
  })

  test('is looked for only where the name leads nowhere else', () => {
    const asked: string[] = []
    const curious = provider('curious', ['large'], {
      knows(model) {
        asked.push(model)
        return false
      },
    })
    const index = indexOf([curious], {
      aliases: { big: 'large' },
      groups: { all: ['large', 'curious/other'] },
    })
    for (const name of ['large', 'big', 'all', 'curious/other']) index.resolve(name, 'chat')
    expect(asked).toEqual([])
    expect(failureOf(index, 'nothing').code).toBe('model_not_found')
    expect(asked).toEqual(['nothing'])
  })

  test('has nobody to ask where the provider that is known to have it cannot be used', () => {
    const unusable = { usable: false, unusableReason: 'has no API key' }
    const index = indexOf([provider('first', [], { ...knows('small'), ...unusable })])
    expect(failureOf(index, 'small').code).toBe('no_provider')
    expect(index.find('small')).toBeNull()
  })
})

describe('a model that its provider has no more', () => {
  const gone = new Map([['gpt-3', 1]])
  const without = provider('openai', ['gpt-4o'], { gone })
  const takesAll = provider('local', [], { acceptsAnyModel: true })

  test('is not found, neither by its name nor at its provider, and is not taken for any name', () => {
    for (const name of ['gpt-3', 'openai/gpt-3'])
      expect(failureOf(indexOf([without, takesAll]), name).code).toBe('model_not_found')
    expect(idsOf(indexOf([without, takesAll]), 'gpt-2')).toEqual(['local/gpt-2'])
    expect(idsOf(indexOf([without]), 'openai/gpt-2')).toEqual(['openai/gpt-2'])
  })

  test('is still had from those who list it, or by their name', () => {
    expect(idsOf(indexOf([without, provider('azure', ['gpt-3'])]), 'gpt-3')).toEqual(['azure/gpt-3'])
    expect(idsOf(indexOf([without, takesAll]), 'local/gpt-3')).toEqual(['local/gpt-3'])
  })

  test('is stood in for by its fallbacks', () => {
    expect(idsOf(indexOf([without], { fallbacks: { 'gpt-3': ['gpt-4o'] } }), 'gpt-3')).toEqual([
      'openai/gpt-4o',
    ])
  })
})
