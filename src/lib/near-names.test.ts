import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createNearNames, nearNames } from './near-names.ts'

test('a typing mistake finds the name that was meant', () => {
  expect(nearNames('gpt-4o-mni', ['gpt-4', 'gpt-4o-mini', 'claude-3-opus'])[0]).toBe('gpt-4o-mini')
})

test('a name without its provider is found inside the longer one', () => {
  expect(nearNames('llama-3.3-70b', ['groq/llama-3.3-70b-versatile', 'o3'])).toEqual([
    'groq/llama-3.3-70b-versatile',
  ])
})

test('a stranger finds nothing', () => {
  expect(nearNames('zzzzzz', ['gpt-4', 'o3'])).toEqual([])
})

/** Of the shapes that providers give them, many of them a letter or two away from one another. */
const makers = ['openai/gpt', 'anthropic/claude-sonnet', 'meta-llama/Llama', 'qwen', 'deepseek-ai/DeepSeek']
const variants = ['instruct', 'preview-2026-01-31', 'mini', 'latest']
const names = Array.from(
  { length: 4000 },
  (_, index) => `${makers[index % 5]}-${index % 9}.${index % 7}-${variants[index % 4]}-${index}b`,
)

/** Compares every name, letter by letter. */
function scanAll(wanted: string): string[] {
  const target = wanted.toLowerCase()
  const bound = Math.max(2, Math.ceil(target.length / 3))
  const scored = names.flatMap(name => {
    const candidate = name.toLowerCase()
    const edits = countEdits(target, candidate)
    if (edits <= bound) return [{ name, score: edits }]
    const contained = target.length >= 3 && (candidate.includes(target) || target.includes(candidate))
    return contained ? [{ name, score: bound + Math.abs(candidate.length - target.length) }] : []
  })
  scored.sort((one, other) => one.score - other.score || one.name.localeCompare(other.name))
  return scored.slice(0, 3).map(({ name }) => name)
}

function countEdits(left: string, right: string): number {
  let before = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let line = 1; line <= left.length; line++) {
    const row = [line]
    for (let column = 1; column <= right.length; column++)
      row.push(
        Math.min(
          (before[column - 1] ?? 0) + (left[line - 1] === right[column - 1] ? 0 : 1),
          (before[column] ?? 0) + 1,
          (row[column - 1] ?? 0) + 1,
        ),
      )
    before = row
  }
  return before[right.length] ?? 0
}

const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-./_Aé'.split(''))
interface Mistake {
  readonly at: number
  readonly letter: string
  readonly kind: 'drop' | 'add' | 'change' | 'swap'
}

const mistake: fc.Arbitrary<Mistake> = fc.record({
  at: fc.nat(),
  letter,
  kind: fc.constantFrom('drop', 'add', 'change', 'swap'),
})

function mistype(name: string, { at: anywhere, letter: typed, kind }: Mistake): string {
  const at = anywhere % name.length
  const [before, after] = [name.slice(0, at), name.slice(at + 1)]
  if (kind === 'drop') return before + after
  if (kind === 'add') return before + typed + name.slice(at)
  if (kind === 'change') return before + typed + after
  return before + after.slice(0, 1) + name[at] + after.slice(1)
}

test('whoever makes one or two mistakes is told what a comparison with every name would tell', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(mistake, { minLength: 1, maxLength: 2 }),
      (name, mistakes) => {
        const wanted = mistakes.reduce(mistype, name)
        expect(nearNames(wanted, names)).toEqual(scanAll(wanted))
      },
    ),
    { numRuns: 30 },
  )
})

test('a name of which one letter is wrong is among the nearest', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), mistake, (name, made) => {
      const near = nearNames(mistype(name, { ...made, kind: 'change' }), names, 20)
      expect(near).toContain(name)
    }),
  )
})

test('any text at all is answered as by a comparison with every name', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), wanted => {
      expect(nearNames(wanted, names)).toEqual(scanAll(wanted))
    }),
    { numRuns: 20 },
  )
})

test('names that are asked again are not looked for again, as long as they are no longer than names are', () => {
  let looks = 0
  const near = createNearNames(() => {
    looks++
    return ['gpt-4o-mini']
  })
  expect(near('gpt-4o-mni')).toEqual(['gpt-4o-mini'])
  expect(near('gpt-4o-mni')).toEqual(['gpt-4o-mini'])
  expect(looks).toBe(1)
  near('x'.repeat(1000))
  near('x'.repeat(1000))
  expect(looks).toBe(3)
})

test('what is remembered of names is bounded', () => {
  let looks = 0
  const near = createNearNames(() => {
    looks++
    return ['gpt-4o-mini']
  })
  for (let count = 0; count < 2000; count++) near(`name-${count}`)
  near('name-0')
  expect(looks).toBe(2001)
})
