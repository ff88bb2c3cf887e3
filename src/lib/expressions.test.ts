import { describe, expect, test } from 'vitest'
import { type Condition, createConditionLanguage } from './expressions.ts'

const language = createConditionLanguage({
  metadata: 'map<string, dyn>',
  needs: { tools: 'bool', vision: 'bool' },
  tenant: 'string',
  size: 'int',
  now: 'google.protobuf.Timestamp',
})

const variables = {
  metadata: { tier: 'gold', level: 4, tags: ['beta', 'eu'], deep: { flag: true }, long: 'a'.repeat(5_000) },
  needs: { tools: true, vision: false },
  tenant: 'acme',
  size: 5_000n,
  now: new Date('2026-02-03T04:05:06Z'),
}

function compile(text: string): Condition {
  const compiled = language.compile(text)
  if (!compiled.ok) throw new Error(compiled.problem.message)
  return compiled.condition
}

describe('a condition', () => {
  test.each([
    'metadata.tier == "gold" && size > 4000',
    'metadata["tier"] in ["gold", "silver"]',
    'metadata.level > 3 && metadata.level < 4.5',
    'needs.tools && !needs.vision',
    '"beta" in metadata.tags',
    'metadata.tags.exists(tag, tag.startsWith("e"))',
    'metadata.deep.flag',
    'has(metadata.deep.flag) && !has(metadata.nothing) && !has(metadata.nothing.at.all)',
    'tenant.matches("^ac.e$") ? size == 5000 : false',
    'now > timestamp("2025-01-01T00:00:00Z") && now.getDayOfWeek() == 2',
    'size - (2000 - 1000) == 4000',
    'metadata.?nothing.orValue("x") == "x"',
    'metadata.tags[1] == "eu"',
  ])('%s holds', text => {
    expect(compile(text).test(variables)).toBe(true)
  })

  test.each([
    'metadata.nothing == "x"',
    'metadata.nothing > 3',
    'metadata.nothing.at.all == 1',
    'metadata.nothing.startsWith("x")',
    '"x" in metadata.nothing',
    'metadata.nothing && needs.tools',
    'metadata.tier',
  ])('%s does not hold, and is no failure', text => {
    expect(compile(text).test(variables)).toBe(false)
  })

  test.each(['metadata.nothing != "x"', '!(metadata.nothing == "x")', 'metadata.nothing == null'])(
    'what is missing is null: %s holds',
    text => {
      expect(compile(text).test(variables)).toBe(true)
    },
  )

  test.each(['metadata.tier > 3', 'metadata.long.matches("a+b")', 'size / (size - 5000) == 1'])(
    '%s fails with a reason',
    text => {
      expect(compile(text).test(variables)).toBeInstanceOf(Error)
    },
  )

  test('why it fails is told in one line, without what the text was made into', () => {
    const failure = compile('metadata.tier > 3').test(variables)
    expect(failure).toMatchObject({ message: 'no such overload: dyn<string> > int' })
  })

  test.each([
    ['tenant = "a"', /equality is `==`/, 7],
    ['foo == 1', /foo/, 0],
    ['tenant == 3', /overload/, 0],
    ['needs.foo', /foo/, 6],
    ['tenant ==', /Unexpected/, 9],
    ['size', /not true or false/, null],
    ['tenant.matches("(a")', /`\(`/, 15],
    ['tenant.matches(tenant)', /written out/, 0],
    ['metadata.a.all(x, metadata.b.all(y, x == y))', /too long/, 18],
  ])('%s is refused where it is wrong', (text, message, offset) => {
    const compiled = language.compile(text)
    expect(compiled).toMatchObject({
      ok: false,
      problem: { offset, message: expect.stringMatching(message) },
    })
  })

  test('is the same whatever its blanks and brackets', () => {
    const [one, other] = ['size>3&&(tenant=="a")', ' ( size > 3 )  && tenant == "a"'].map(compile)
    expect(one?.canonical).toBe(other?.canonical)
  })

  test('knows what it looks at, and whether that is nothing', () => {
    expect([...compile('metadata.tags.exists(tag, tag == tenant)').reads].sort()).toEqual([
      'metadata',
      'tenant',
    ])
    expect(compile('true').constant).toBe(true)
    expect(compile('1 > 2').constant).toBe(false)
    expect(compile('size > 2').constant).toBe(null)
  })

  test('asks only for the variables that it needs', () => {
    const asked: string[] = []
    const recorded = new Proxy(variables, {
      get: (target, name) => {
        asked.push(String(name))
        return target[name as keyof typeof target]
      },
    })
    expect(compile('tenant == "other" && size > 3').test(recorded)).toBe(false)
    expect(asked).toEqual(['tenant', 'size'].filter(name => asked.includes(name)))
    expect(asked).not.toContain('metadata')
  })
})

describe('the work of a condition', () => {
  /** Elements that count how often they are looked at. */
  function countedTools(length: number) {
    const seen = { count: 0 }
    const tool = {
      get name() {
        seen.count++
        return 'other'
      },
    }
    return { seen, metadata: { tools: Array.from({ length }, () => tool), names: ['a', 'b'] } }
  }

  test.each([
    'metadata.tools.exists(tool, tool.name == "search")',
    'metadata.tools.all(tool, tool.name != "search")',
    'metadata.tools.filter(tool, tool.name == "search").size() > 0',
    'metadata.tools.map(tool, tool.name).exists(name, name == "search")',
    '"search" in metadata.tools',
    'metadata.tools.exists(tool, tool.name == "search") || tenant == ""',
  ])('is bounded: %s of 100,000 elements fails before it goes through them', text => {
    const { seen, metadata } = countedTools(100_000)
    const result = compile(text).test({ ...variables, metadata })
    expect(result).toBeInstanceOf(Error)
    expect(String(result)).toContain('100000 elements')
    // The kind of a list is told from its first element.
    expect(seen.count).toBeLessThanOrEqual(1)
  })

  test('is bounded in sum: a search within a loop, and loops one after another', () => {
    const { seen, metadata } = countedTools(3_000)
    const searching = compile('metadata.tools.exists(tool, tool.name in metadata.tools)')
    expect(searching.test({ ...variables, metadata })).toBeInstanceOf(Error)
    expect(seen.count).toBeLessThan(50_000)
    const loop = 'metadata.tools.exists(tool, tool.name == "search")'
    seen.count = 0
    expect(compile(Array(20).fill(loop).join(' || ')).test({ ...variables, metadata })).toBeInstanceOf(Error)
    expect(seen.count).toBeLessThan(50_000)
  })

  test('is enough for a usual list, and counted anew each time', () => {
    const { seen, metadata } = countedTools(1_000)
    const condition = compile('metadata.tools.exists(tool, tool.name in metadata.names)')
    for (let time = 0; time < 20; time++) expect(condition.test({ ...variables, metadata })).toBe(false)
    expect(seen.count).toBe(20 * 1_001)
  })
})
