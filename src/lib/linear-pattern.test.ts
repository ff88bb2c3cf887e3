import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, PatternError } from './linear-pattern.ts'

describe('a linear pattern', () => {
  test.each([
    ['^gpt-4(o|\\.1)?$', ['gpt-4', 'gpt-4o', 'gpt-4.1'], ['gpt-4x', 'xgpt-4']],
    ['a{2,3}b', ['aab', 'xaaabx'], ['ab']],
    ['^[a-c_]+\\d*$', ['a_b12'], ['d', 'a-1']],
    ['(?i)TEAM-\\w+', ['my team-blue'], ['team-']],
    ['\\bcat\\b', ['a cat sat'], ['concat']],
    ['[^0-9]', ['a1'], ['12']],
    ['x*', ['', 'y'], []],
    ['^(?:ab|cd)+?$', ['abcd'], ['abc']],
  ])('%s finds what it says', (pattern, found, missed) => {
    const matches = compilePattern(pattern)
    for (const text of found) expect([text, matches(text)]).toEqual([text, true])
    for (const text of missed) expect([text, matches(text)]).toEqual([text, false])
  })

  test('agrees with the engine of the runtime', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '.', '(a|b)', '(?:ab)', '\\w', '^', '$')
    const part = fc
      .tuple(atom, fc.constantFrom('', '*', '+', '?', '{1,2}'))
      .map(([what, often]) => (what === '^' || what === '$' ? what : what + often))
    const pattern = fc.array(part, { maxLength: 5 }).map(parts => parts.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        expect(compilePattern(source)(subject)).toBe(new RegExp(source).test(subject))
      }),
      { numRuns: 500 },
    )
  })

  test('takes no longer for a text that is made to hurt', () => {
    const matches = compilePattern('^(a+)+$')
    // A backtracking engine would need longer than the universe is old.
    expect(matches(`${'a'.repeat(1_000)}b`)).toBe(false)
  })

  test.each([
    '(a',
    'a)',
    '[a',
    '*a',
    'a**',
    '(?=a)',
    '\\1',
    'a{2000}',
    '(((a{90}){90}){90})',
    'x'.repeat(300),
  ])('%s is refused', pattern => {
    expect(() => compilePattern(pattern)).toThrow(PatternError)
  })

  test('never throws anything but a PatternError', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), pattern => {
        try {
          compilePattern(pattern)('some text')
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(PatternError)
        }
      }),
    )
  })
})
