import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { createCancellation } from '../../lib/cancellation.ts'
import { createManualClock } from '../../lib/clock.ts'
import { simulator } from './index.ts'
import { ask, askForStream, listen, makeRequest, makeSimulator } from './simulator.fixture.ts'

const hello = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hello' }] }

test('every announced name answers, and any other where no list is given', async () => {
  for (const model of [...simulator.models.filter(name => !name.startsWith('simulator-')), 'whatever'])
    expect((await ask({ ...hello, model })).body.model).toBe(model)
})

test('with a list of models another name is not found', async () => {
  const reply = await makeSimulator({ models: ['gpt-4'] })(makeRequest({ ...hello, model: 'gpt-9' }))
  expect(reply.status).toBe(404)
  expect(JSON.parse((reply.body as Buffer).toString())).toMatchObject({ error: { code: 'model_not_found' } })
  expect((await makeSimulator({ models: ['gpt-4'] })(makeRequest(hello))).status).toBe(200)
})

test('a body that is not a JSON object is refused', async () => {
  for (const body of ['{', '[]', 'null', '']) {
    const reply = await makeSimulator()({ ...makeRequest(hello), body: Buffer.from(body) })
    expect(reply.status).toBe(400)
  }
})

test('the names of faults have their faults', async () => {
  const failed = await ask(hello, { model: 'simulator-error-500' })
  expect(failed).toMatchObject({ status: 500, body: { error: { type: 'server_error' } } })
  const limited = await ask(hello, { model: 'simulator-error-429' })
  expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
  expect(limited.body.error.code).toBe('rate_limit_exceeded')
})

test('a cut stream has begun, and ends without its end', async () => {
  const reply = await makeSimulator()(makeRequest({ ...hello, stream: true }, { model: 'simulator-cut' }))
  if (Buffer.isBuffer(reply.body)) throw new Error('expected a stream')
  const heard = listen(reply.body)
  expect(heard.ended()).toBe(true)
  expect(heard.events().length).toBeGreaterThan(5)
  expect(heard.text()).not.toMatch(/\[DONE\]|"finish_reason":"/)
})

test('the slow model lets its first token wait two seconds', async () => {
  const clock = createManualClock()
  const reply = await makeSimulator({ clock })(
    makeRequest({ ...hello, stream: true }, { model: 'simulator-slow' }),
  )
  if (Buffer.isBuffer(reply.body)) throw new Error('expected a stream')
  const heard = listen(reply.body)
  clock.advance(1_999)
  expect(heard.chunks).toEqual([])
  clock.advance(1)
  expect(heard.ended()).toBe(true)
})

test('a whole answer takes the time of all its tokens', async () => {
  const clock = createManualClock()
  let answered = false
  const waiting = makeSimulator({ clock, firstTokenMs: 100, tokenMs: 10 })(
    makeRequest({ ...hello, max_tokens: 5 }),
  ).then(() => {
    answered = true
  })
  clock.advance(149)
  await Promise.resolve()
  expect(answered).toBe(false)
  clock.advance(1)
  await waiting
  expect(answered).toBe(true)
})

test('a request that is cancelled while it waits is rejected at once', async () => {
  const cancellation = createCancellation()
  const waiting = makeSimulator({ firstTokenMs: 100 })(makeRequest(hello, { cancellation }))
  cancellation.cancel()
  await expect(waiting).rejects.toThrow(GatewayError)
})

test('a stream whose request is cancelled falls silent', async () => {
  const clock = createManualClock()
  const cancellation = createCancellation()
  const reply = await makeSimulator({ clock, firstTokenMs: 10, tokenMs: 10 })(
    makeRequest({ ...hello, stream: true }, { cancellation }),
  )
  if (Buffer.isBuffer(reply.body)) throw new Error('expected a stream')
  const heard = listen(reply.body)
  clock.advance(20)
  expect(heard.chunks).toHaveLength(2)
  cancellation.cancel()
  clock.advance(1_000)
  expect(heard.chunks).toHaveLength(2)
})

test('legacy completions continue one prompt or several', async () => {
  const one = await ask({ model: 'davinci-002', prompt: 'Once upon a time' }, { operation: 'completion' })
  expect(one.body).toMatchObject({ object: 'text_completion', usage: { completion_tokens: 16 } })
  expect(one.body.choices).toHaveLength(1)
  expect(one.body.choices[0]).toMatchObject({ index: 0, finish_reason: 'length', logprobs: null })
  const several = await ask(
    { model: 'davinci-002', prompt: ['a', 'b'], n: 2, max_tokens: 500, echo: true },
    { operation: 'completion' },
  )
  expect(several.body.choices.map(choice => [choice.index, choice.text[0]])).toEqual([
    [0, 'a'],
    [1, 'a'],
    [2, 'b'],
    [3, 'b'],
  ])
  expect(several.body.choices[0].finish_reason).toBe('stop')
  const tokens = await ask({ model: 'davinci-002', prompt: [1, 2, 3] }, { operation: 'completion' })
  expect(tokens.body.usage.prompt_tokens).toBe(3)
})

test('a stream of a legacy completion tells its text, its end and the usage', async () => {
  const chunks = await askForStream(
    { model: 'davinci-002', prompt: 'Once', max_tokens: 4, stream_options: { include_usage: true } },
    { operation: 'completion' },
  )
  const text = chunks
    .flatMap(chunk => chunk.choices)
    .map(choice => choice.text)
    .join('')
  expect(text).toBe(' … This is the')
  expect(chunks.at(-2)?.choices[0].finish_reason).toBe('length')
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } })
})

test.each([
  [{ prompt: {} }, 'prompt'],
  [{ prompt: [[]] }, 'prompt'],
  [{ prompt: 'x', max_tokens: -1 }, 'max_tokens'],
])('the completion %j is refused and names %s', async (body, param) => {
  const answer = await ask({ model: 'davinci-002', ...body }, { operation: 'completion' })
  expect(answer).toMatchObject({ status: 400, body: { error: { param } } })
})
