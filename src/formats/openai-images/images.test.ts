import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../format.ts'
import { openAiImageEdits, openAiImages, openAiImageVariations } from './index.ts'

const address = { model: null, streaming: null }

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

test('a generation is understood', () => {
  const body = { model: 'm', prompt: 'a cat', n: 2, stream: true, partial_images: 2 }
  expect(openAiImages.checkRequest(body, address)).toMatchObject({
    model: 'm',
    streaming: true,
    inputCharacters: 5,
  })
})

test('an edit is understood as a form, where all is text, and as JSON', () => {
  const form = { model: 'm', prompt: 'add a hat', 'image[]': [{ bytes: 4 }], stream: 'true' }
  expect(openAiImageEdits.checkRequest(form, address)).toMatchObject({ streaming: true, inputCharacters: 9 })
  const json = { model: 'm', prompt: 'x', images: [{ image_url: 'https://example.com/a.png' }], stream: null }
  expect(openAiImageEdits.checkRequest(json, address)).toMatchObject({ streaming: false })
})

test('a model in the path is the one that is meant', () => {
  const facts = openAiImages.checkRequest({ prompt: 'a' }, { model: 'deployed', streaming: null })
  expect(facts.model).toBe('deployed')
})

test.each<[string, (body: JsonObject) => unknown, JsonObject]>([
  ['model', body => openAiImages.checkRequest(body, address), { prompt: 'a' }],
  ['prompt', body => openAiImages.checkRequest(body, address), { model: 'm' }],
  ['prompt', body => openAiImages.checkRequest(body, address), { model: 'm', prompt: ['a'] }],
  ['stream', body => openAiImages.checkRequest(body, address), { model: 'm', prompt: 'a', stream: 'yes' }],
  ['image', body => openAiImageEdits.checkRequest(body, address), { model: 'm', prompt: 'a' }],
  ['prompt', body => openAiImageEdits.checkRequest(body, address), { model: 'm', image: {} }],
  ['image', body => openAiImageVariations.checkRequest(body, address), { model: 'm' }],
])('a fault names %s', (param, check, body) => {
  expect(failureOf(() => check(body))).toMatchObject({ code: 'invalid_request', param })
})

const usage = {
  input_tokens: 20,
  input_tokens_details: { image_tokens: 8, text_tokens: 12 },
  output_tokens: 300,
}

test('the count of an answer is read, and its images are not', () => {
  const body = JSON.stringify({ created: 1, data: [{ b64_json: '}]"'.repeat(9) }], usage })
  expect(openAiImages.readAnswer(Buffer.from(body)).usage).toMatchObject({
    inputUncached: 20,
    outputText: 300,
  })
  expect(openAiImages.readAnswer(Buffer.from('{"created":1,"data":[]}')).usage).toBeNull()
})

test.each([
  ['not JSON', 'upstream_malformed'],
  ['{"created":1}', 'upstream_malformed'],
  ['{"error":{"message":"no","code":"content_policy_violation"}}', 'content_filter'],
])('the answer %s is a failure', (body, code) => {
  expect(failureOf(() => openAiImages.readAnswer(Buffer.from(body))).code).toBe(code)
})

function eventOf(type: string, more: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, b64_json: 'AAAA', ...more })}\n\n`
}

const partial = eventOf('image_generation.partial_image', { partial_image_index: 0 })
const completed = eventOf('image_generation.completed', { usage })

function openTap(contentType = 'text/event-stream; charset=utf-8') {
  return openAiImages.openTap({ passUsage: false, contentType })
}

describe('a stream', () => {
  test('passes byte by byte, and is counted at its end, in any chunking', () => {
    const stream = Buffer.from(partial + completed)
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), cuts => {
        const tap = openTap()
        const places = [0, ...cuts.toSorted((left, right) => left - right), stream.length]
        const passed = places.map((from, index) => tap.push(stream.subarray(from, places[index + 1])))
        const whole = Buffer.concat([...passed.filter(piece => piece !== null), tap.finish()])
        expect(whole.toString()).toBe(stream.toString())
        expect(tap.facts.usage).toMatchObject({ inputUncached: 20, outputText: 300 })
      }),
    )
  })

  test('has begun with its first image', () => {
    const tap = openTap()
    tap.push(Buffer.from(': wait\n\n'))
    expect(tap.started).toBe(false)
    tap.push(Buffer.from(partial))
    expect(tap.started).toBe(true)
  })

  test('may have no names of events, and an end marker', () => {
    const tap = openTap()
    const bare = completed.replace(/^event: .*\n/, '')
    expect(tap.push(Buffer.from(`${bare}data: [DONE]\n\n`))?.toString()).toBe(bare)
    expect(tap.ended).toBe(true)
    expect(tap.finish().toString()).toBe('data: [DONE]\n\n')
  })

  test('that ends before its last image is truncated', () => {
    const tap = openTap()
    tap.push(Buffer.from(partial))
    expect(failureOf(() => tap.finish()).code).toBe('upstream_truncated')
  })

  test.each([
    [
      'event: error\ndata: {"type":"error","error":{"message":"no","code":"rate_limit_exceeded"}}\n\n',
      'upstream_rate_limited',
    ],
    ['data: {"error":{"message":"no","type":"server_error"}}\n\n', 'upstream_error'],
  ])('with %j fails as %s', (event, code) => {
    expect(failureOf(() => openTap().push(Buffer.from(event))).code).toBe(code)
  })

  test.each(['data: nonsense\n\n', 'data: 7\n\n'])('of nothing but %j is malformed', event => {
    const tap = openTap()
    expect(tap.push(Buffer.from(event))).toBeNull()
    expect(failureOf(() => tap.finish()).code).toBe('upstream_malformed')
  })
})

const shared = process.env['LLM_PROXY_SHARED']
const recordings =
  shared === undefined
    ? []
    : globSync('fixtures/openai/images/*.res.json', { cwd: shared }).map(path => join(shared, path))

test.skipIf(shared === undefined)('recorded answers are read (needs LLM_PROXY_SHARED)', () => {
  expect(recordings.length).toBeGreaterThan(4)
  for (const path of recordings) {
    const body = readFileSync(path)
    if (!body.includes('"error"')) {
      expect(openAiImages.readAnswer(body)).toMatchObject({ usage: null, outputCharacters: 0 })
      continue
    }
    const failure = openAiImages.decodeError({ status: 400, headers: {}, body })
    expect(failure).toMatchObject({ code: 'upstream_invalid_request', upstreamCode: 'unknown_parameter' })
    expect(failure.param).not.toBeNull()
    const request = path.replace('.res.json', '.req.json')
    if (globSync(request).length === 0) continue
    const asked = JSON.parse(readFileSync(request, 'utf8')) as JsonObject
    expect(openAiImages.checkRequest(asked, address).model).toBe(asked['model'])
  }
})
