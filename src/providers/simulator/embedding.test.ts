import { expect, test } from 'vitest'
import { ask } from './simulator.fixture.ts'

async function embed(body: Readonly<Record<string, unknown>>, model = 'text-embedding-3-small') {
  return ask({ model, ...body }, { operation: 'embedding' })
}

async function vectorsOf(
  input: unknown,
  options: Readonly<Record<string, unknown>> = {},
): Promise<number[][]> {
  const { body } = await embed({ input, ...options })
  return body.data.map(entry => entry.embedding)
}

function product(left: number[], right: number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}

test('vectors have length one and the dimensions of the model', async () => {
  const [vector] = await vectorsOf('hello')
  expect(vector).toHaveLength(1536)
  expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 5)
  const large = await embed({ input: 'hello' }, 'text-embedding-3-large')
  expect(large.body.data[0].embedding).toHaveLength(3072)
  for (const dimensions of [1, 2, 256]) {
    const [shorter] = await vectorsOf('hello to the whole world', { dimensions })
    expect(shorter).toHaveLength(dimensions)
    expect(Math.hypot(...(shorter ?? []))).toBeCloseTo(1, 5)
  }
})

test('the same text has the same vector; texts with common words lie nearer than others', async () => {
  const [one, same, near, far] = await vectorsOf([
    'the cat sat on the mat',
    'The cat sat on the mat.',
    'the cat lay on the mat',
    'quarterly revenue grew by ten percent',
  ])
  if (!one || !same || !near || !far) throw new Error('four vectors expected')
  expect(product(one, same)).toBeCloseTo(1, 5)
  expect(product(one, near)).toBeGreaterThan(product(one, far) + 0.3)
})

test('base64 holds the same numbers as 32-bit floats', async () => {
  const [floats] = await vectorsOf('hello')
  const { body } = await embed({ input: 'hello', encoding_format: 'base64' })
  const bytes = Buffer.from(String(body.data[0].embedding), 'base64')
  expect([...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)]).toEqual(floats)
})

test('inputs are a text, texts, tokens, or lists of tokens', async () => {
  expect(await vectorsOf(['a', 'b'])).toHaveLength(2)
  expect(await vectorsOf([1, 2, 3])).toHaveLength(1)
  expect(await vectorsOf([[1, 2], [3]])).toHaveLength(2)
  const { body } = await embed({ input: [[1, 2], [3]] })
  expect(body.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 })
  expect(body.data.map(entry => entry.index)).toEqual([0, 1])
})

test('a text without a word has a vector as well', async () => {
  const [vector] = await vectorsOf('!?')
  expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 5)
})

test.each([
  [{}, 'input'],
  [{ input: '' }, 'input'],
  [{ input: [] }, 'input'],
  [{ input: ['a', ''] }, 'input'],
  [{ input: ['a', 3] }, 'input'],
  [{ input: Array.from({ length: 2_049 }, () => 'a') }, 'input'],
  [{ input: 'a', dimensions: 0 }, 'dimensions'],
  [{ input: 'a', dimensions: 4_000 }, 'dimensions'],
  [{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
])('an embedding with a bad value is refused and names it (%#)', async (body, param) => {
  expect(await embed(body)).toMatchObject({ status: 400, body: { error: { param } } })
})

test('the oldest model knows no dimensions', async () => {
  const answer = await embed({ input: 'a', dimensions: 256 }, 'text-embedding-ada-002')
  expect(answer).toMatchObject({ status: 400, body: { error: { param: 'dimensions' } } })
})
