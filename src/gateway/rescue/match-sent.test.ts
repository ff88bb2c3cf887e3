import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { type JointKind, matchSent } from './match-sent.ts'

/** What is new of an answer that comes in these pieces. */
function rest(kind: JointKind, sent: string, ...pieces: readonly string[]): string {
  const match = matchSent(kind, sent)
  return pieces.map(piece => match.push(piece)).join('') + match.end()
}

const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é'), maxLength: 12 })
const pieces = fc.array(words, { maxLength: 5 })

test('a text that begins like the one that was sent is new from where that ends, however it is cut', () => {
  fc.assert(
    fc.property(words, pieces, fc.nat(12), (sent, more, cut) => {
      const at = Math.min(cut, sent.length)
      expect(rest('repetition', sent, sent.slice(0, at), sent.slice(at), ...more)).toBe(more.join(''))
    }),
  )
})

test.each([
  ['Hello', ['Help']],
  ['Hello', ['Hel']],
  ['Hello', []],
  ['Hello', ['hello again']],
])('of %j, an answer of %j is no repetition', (sent, given) => {
  const failing = (): string => rest('repetition', sent, ...given)
  expect(failing).toThrow(GatewayError)
  expect(failing).toThrow(expect.objectContaining({ code: 'upstream_diverged' }))
})

describe('a continuation', () => {
  test.each([
    ['Hello', [' again'], ' again'],
    ['Hello ', [' again'], 'again'],
    ['Hello ', ['again'], 'again'],
    ['Hello \n\n', [' ', '\n', '\nagain'], 'again'],
    ['Hello \n\n', [' \nagain'], 'again'],
    ['Hello ', ['\nagain'], '\nagain'],
    ['Hello ', ['  again'], ' again'],
    ['Hello ', ['', ' '], ''],
  ])('of %j with %j adds %j: blanks at the seam stand once', (sent, given, expected) => {
    expect(rest('continuation', sent, ...given)).toBe(expected)
  })

  test.each([
    ['Hello', ['Hello again'], ' again'],
    ['Hello', ['Hel', 'lo', ' again'], ' again'],
    ['Hello ', ['Hello again'], 'again'],
    ['Hello', [' again'], ' again'],
    ['Hello', ['Hel', 'p'], 'Help'],
    ['Hello', ['Hel'], 'Hel'],
    ['Hello', ['Hello'], ''],
  ])('of %j that may be an echo, with %j, adds %j', (sent, given, expected) => {
    expect(rest('echo', sent, ...given)).toBe(expected)
  })
})

describe('an echo', () => {
  /** What the whole answer comes to, looked at in one piece. */
  function newIn(sent: string, answer: string): string {
    const given = sent.trimEnd()
    const behind = answer.startsWith(given) ? answer.slice(given.length) : answer
    const blanks = sent.slice(given.length)
    let same = 0
    while (same < blanks.length && blanks[same] === behind[same]) same++
    return behind.slice(same)
  }

  test('is found however it is cut into pieces', () => {
    const sent = words.filter(text => text.trim() !== '')
    const answers = fc.oneof(pieces, fc.array(fc.string({ minLength: 1, maxLength: 1 }), { maxLength: 12 }))
    fc.assert(
      fc.property(sent, answers, fc.nat(12), (text, more, cut) => {
        const all = [...text.slice(0, cut).split(''), ...more]
        expect(rest('echo', text, ...all)).toBe(newIn(text, all.join('')))
      }),
    )
  })

  test('of many letters, one by one, is looked at once', () => {
    const sent = 'ab'.repeat(1 << 17)
    const match = matchSent('echo', sent)
    let told = ''
    for (const letter of sent) told += match.push(letter)
    expect(told).toBe('')
    expect(match.push('!')).toBe('!')
  })
})
