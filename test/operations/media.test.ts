// Moderations, images, speech and transcripts by OpenAI's own client, through the whole gateway to scripted upstreams.

import OpenAI, { toFile } from 'openai'
import { describe, expect, test } from 'vitest'
import { answerJson, type Behaviour, resetConnection, stall, streamEvents } from '../support/fake-upstream.ts'
import { eventually, openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

function clientOf({ gateway }: Scene): OpenAI {
  return new OpenAI({ apiKey: testKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}

/** `served` is deployed under another name, so that every request has to be changed. */
async function sceneOf(...behaviours: Behaviour[]) {
  const provider = { models: ['served'], deployments: { served: 'real-name' } }
  const scene = await openScene({ upstreams: [behaviours], provider })
  return { ...scene, client: clientOf(scene) }
}

const model = 'served'
const audio = Buffer.concat([Buffer.from('RIFF'), Buffer.from([0, 255, 13, 10, 45, 45, 13, 10, 26])])

/** The form that an upstream got, as a web server reads it. */
async function formOf({
  headers,
  body,
}: {
  headers: Record<string, unknown>
  body: Buffer
}): Promise<FormData> {
  const init = { headers: { 'content-type': String(headers['content-type']) }, body: new Uint8Array(body) }
  return await new Response(init.body, init).formData()
}

test('a moderation without a model goes to the one of OpenAI', async () => {
  const scene = await openScene({
    upstreams: [[answerJson(200, { id: 'modr-1', model: 'omni', results: [{ flagged: true }] })]],
    provider: { models: ['omni-moderation-latest'] },
  })
  const answer = await clientOf(scene).moderations.create({ input: ['a', 'b'] })
  expect(answer.results[0]?.flagged).toBe(true)
  expect(scene.upstream.requests[0]?.url).toBe('/v1/moderations')
  expect(scene.upstream.requests[0]?.body.toString()).toBe(
    '{"input":["a","b"],"model":"omni-moderation-latest"}',
  )
})

const usage = {
  input_tokens: 20,
  input_tokens_details: { image_tokens: 8, text_tokens: 12 },
  output_tokens: 300,
  total_tokens: 320,
}

describe('images', () => {
  test('are generated, and their tokens stand in the ledger', async () => {
    const { client, upstream, gateway } = await sceneOf(
      answerJson(200, { created: 1, data: [{ b64_json: 'AAAA' }], usage }),
    )
    const answer = await client.images.generate({ model, prompt: 'a cat' })
    expect(answer.data?.[0]?.b64_json).toBe('AAAA')
    expect(upstream.requests[0]?.url).toBe('/v1/images/generations')
    expect(JSON.parse(String(upstream.requests[0]?.body))).toEqual({ model: 'real-name', prompt: 'a cat' })
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({
      operation: 'image_generation',
      input_uncached: 20,
      output_text: 300,
      usage_source: 'provider',
    })
  })

  test('without a count have no known cost', async () => {
    const { client, gateway } = await sceneOf(
      answerJson(200, { created: 1, data: [{ url: 'https://a.example' }] }),
    )
    await client.images.generate({ model, prompt: 'a cat with a hat' })
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({ cost_status: 'unpriced', usage_source: 'estimated', cost_nano_usd: null })
  })

  test('stream as they become clearer', async () => {
    const event = (type: string, more: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, b64_json: 'AAAA', ...more })}\n\n`
    const { client, settled } = await sceneOf(
      streamEvents([
        event('image_generation.partial_image', { partial_image_index: 0 }),
        event('image_generation.completed', { usage }),
      ]),
    )
    const stream = await client.images.generate({ model, prompt: 'a cat', stream: true, partial_images: 1 })
    const kinds: string[] = []
    for await (const { type } of stream) kinds.push(type)
    expect(kinds).toEqual(['image_generation.partial_image', 'image_generation.completed'])
    await settled()
  })

  test('that were asked for as a stream may come whole', async () => {
    const { gateway } = await sceneOf(answerJson(200, { created: 1, data: [] }))
    const response = await gateway.post('/v1/images/generations', { model, prompt: 'a', stream: true })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ created: 1, data: [] })
  })

  test('are edited by a form in which the name of the model alone changes', async () => {
    const { client, upstream } = await sceneOf(answerJson(200, { created: 1, data: [{ b64_json: 'AAAA' }] }))
    const image = await Promise.all([toFile(audio, 'a.png'), toFile(Buffer.from('second'), 'b.png')])
    await client.images.edit({ model, image, prompt: 'a hät', n: 2 })
    const [seen] = upstream.requests
    expect(seen?.url).toBe('/v1/images/edits')
    const form = await formOf(seen ?? { headers: {}, body: Buffer.alloc(0) })
    expect(form.get('model')).toBe('real-name')
    expect([form.get('prompt'), form.get('n')]).toEqual(['a hät', '2'])
    const files = form.getAll('image[]') as File[]
    expect(files.map(file => file.name)).toEqual(['a.png', 'b.png'])
    expect(await files[0]?.bytes()).toEqual(new Uint8Array(audio))
  })

  test('are varied, and edited by JSON as well', async () => {
    const { client, gateway, upstream } = await sceneOf(answerJson(200, { created: 1, data: [] }))
    await client.images.createVariation({ model, image: await toFile(audio, 'a.png') })
    await gateway.post('/v1/images/edits', { model, prompt: 'x', images: [{ file_id: 'file-1' }] })
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/v1/images/variations', '/v1/images/edits'])
    expect(upstream.requests[1]?.body.toString()).toBe(
      '{"model":"real-name","prompt":"x","images":[{"file_id":"file-1"}]}',
    )
  })
})

describe('speech', () => {
  test('passes in its own type, piece by piece', async () => {
    let release = (): void => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const { client, upstream, gateway, settled } = await sceneOf(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' })
      response.write(audio)
      await held
      response.end(audio)
    })
    const response = await client.audio.speech.create({ model, input: 'Hello', voice: 'alloy' })
    expect(response.headers.get('content-type')).toBe('audio/mpeg')
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(Buffer.from(first?.value ?? [])).toEqual(audio)
    release()
    const second = await reader?.read()
    expect(Buffer.from(second?.value ?? [])).toEqual(audio)
    expect((await reader?.read())?.done).toBe(true)
    expect(upstream.requests[0]).toMatchObject({ url: '/v1/audio/speech', headers: { accept: '*/*' } })
    await settled()
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({
      operation: 'speech',
      outcome: 'ok',
      cost_status: 'unpriced',
      input_uncached: 2,
    })
  })

  test('comes as events where the client wants them', async () => {
    const { client } = await sceneOf(
      streamEvents([
        'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n',
        'data: {"type":"speech.audio.done","usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}\n\n',
      ]),
    )
    const response = await client.audio.speech.create({
      model,
      input: 'a',
      voice: 'alloy',
      stream_format: 'sse',
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toContain('speech.audio.done')
  })

  test('that is refused is a JSON error', async () => {
    const { client } = await sceneOf(answerJson(400, { error: { message: 'no such voice', param: 'voice' } }))
    const failed = client.audio.speech.create({ model, input: 'a', voice: 'nobody' })
    await expect(failed).rejects.toMatchObject({ status: 400, param: 'voice' })
  })

  test('that breaks in its middle breaks for the client too', async () => {
    const { client, gateway, settled } = await sceneOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' })
      response.write(audio, () => response.socket?.resetAndDestroy())
    })
    const response = await client.audio.speech.create({ model, input: 'a', voice: 'alloy' })
    await expect(response.arrayBuffer()).rejects.toThrow()
    await settled()
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({ outcome: 'truncated', error_code: 'upstream_truncated' })
  })

  test('that stalls is left after the idle timer', async () => {
    const scene = await openScene({
      upstreams: [
        [
          (_request, response) => {
            response.writeHead(200, { 'content-type': 'audio/mpeg' })
            response.write(audio)
          },
        ],
      ],
      provider: { timeouts: { idle: '60ms' } },
    })
    const response = await clientOf(scene).audio.speech.create({
      model: 'test-model',
      input: 'a',
      voice: 'alloy',
    })
    await expect(response.arrayBuffer()).rejects.toThrow()
    await scene.upstream.requests[0]?.aborted
    await scene.settled()
  })

  test('whose client leaves is no longer made', async () => {
    const { client, upstream, gateway, settled } = await sceneOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' })
      response.write(audio)
    })
    const leaving = new AbortController()
    const response = await client.audio.speech.create(
      { model, input: 'a', voice: 'alloy' },
      { signal: leaving.signal },
    )
    await response.body?.getReader().read()
    leaving.abort()
    await upstream.requests[0]?.aborted
    await settled()
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({ outcome: 'client_disconnected' })
  })

  test('is asked of the next provider where the first one fails', async () => {
    const scene = await openScene({
      upstreams: [
        [resetConnection],
        [
          (_request, response) => {
            response.writeHead(200, { 'content-type': 'audio/mpeg' })
            response.end(audio)
          },
        ],
      ],
    })
    const response = await clientOf(scene).audio.speech.create({
      model: 'test-model',
      input: 'a',
      voice: 'alloy',
    })
    expect(Buffer.from(await response.arrayBuffer())).toEqual(audio)
    expect(response.headers.get('x-llm-proxy-provider')).toBe('upstream2')
  })
})

describe('a transcript', () => {
  const file = () => toFile(audio, 'a.wav', { type: 'audio/wav' })

  test('is made of a form, and every byte of the file arrives', async () => {
    const { client, upstream, gateway } = await sceneOf(
      answerJson(200, {
        text: 'Hello',
        usage: {
          type: 'tokens',
          input_tokens: 14,
          input_token_details: { audio_tokens: 10 },
          output_tokens: 5,
        },
      }),
    )
    const answer = await client.audio.transcriptions.create({ model, file: await file(), language: 'en' })
    expect(answer.text).toBe('Hello')
    const [seen] = upstream.requests
    expect(seen?.url).toBe('/v1/audio/transcriptions')
    expect(seen?.headers['content-length']).toBe(String(seen?.body.length))
    const form = await formOf(seen ?? { headers: {}, body: Buffer.alloc(0) })
    expect(form.get('model')).toBe('real-name')
    expect(form.get('language')).toBe('en')
    expect(Buffer.from(await (form.get('file') as File).arrayBuffer())).toEqual(audio)
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({
      operation: 'transcription',
      input_uncached: 4,
      audio_input: 10,
      output_text: 5,
    })
  })

  test.each([
    ['srt', 'application/x-subrip', '1\n00:00:00,000 --> 00:00:01,000\nHello\n'],
    ['vtt', 'text/vtt; charset=utf-8', 'WEBVTT\n'],
    ['text', 'text/plain; charset=utf-8', 'Hello\n'],
  ] as const)('as %s passes as it is', async (format, type, text) => {
    const { client } = await sceneOf((_request, response) => {
      response.writeHead(200, { 'content-type': type })
      response.end(text)
    })
    const { data, response } = await client.audio.transcriptions
      .create({ model, file: await file(), response_format: format })
      .withResponse()
    expect(data).toBe(text)
    expect(response.headers.get('content-type')).toBe(type)
  })

  test('streams', async () => {
    const { client } = await sceneOf(
      streamEvents([
        'data: {"type":"transcript.text.delta","delta":"He"}\n\n',
        'data: {"type":"transcript.text.delta","delta":"llo"}\n\n',
        'data: {"type":"transcript.text.done","text":"Hello"}\n\n',
      ]),
    )
    const stream = await client.audio.transcriptions.create({ model, file: await file(), stream: true })
    const texts: string[] = []
    for await (const event of stream) if (event.type === 'transcript.text.delta') texts.push(event.delta)
    expect(texts).toEqual(['He', 'llo'])
  })

  test('in English goes to the path of translations', async () => {
    const { client, upstream } = await sceneOf(answerJson(200, { text: 'Hello' }))
    await client.audio.translations.create({ model, file: await file() })
    expect(upstream.requests[0]?.url).toBe('/v1/audio/translations')
  })

  test('is waited for like a whole answer, also where it streams', async () => {
    const timeouts = { first_token: '10ms', headers: '60ms' }
    const scene = await openScene({ upstreams: [[stall]], provider: { timeouts } })
    const asked = { model: 'test-model', file: await file(), stream: true } as const
    const failed = clientOf(scene).audio.transcriptions.create(asked)
    await expect(failed).rejects.toMatchObject({ status: 504, message: expect.stringContaining('headers') })
  })
})

describe('a form is refused', () => {
  const part = '--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'
  const named = '--B\r\nContent-Disposition: form-data; name="model"\r\n\r\nserved\r\n'

  test.each([
    ['without a model', 'multipart/form-data; boundary=B', `${part}--B--`, 400, 'model'],
    ['without a file', 'multipart/form-data; boundary=B', `${named}--B--`, 400, 'file'],
    ['of another boundary', 'multipart/form-data; boundary=C', `${part}${named}--B--`, 400, 'body'],
    ['without a boundary', 'multipart/form-data', `${part}${named}--B--`, 400, 'content-type'],
    ['that ends too soon', 'multipart/form-data; boundary=B', `${part}${named}`, 400, 'body'],
    ['of another type', 'text/plain', 'hello', 415, 'content-type'],
    ['of a size above the bound', 'multipart/form-data; boundary=B', 'x'.repeat(1_100_000), 413, 'body'],
  ])('%s', async (...[, type, body, status, param]) => {
    const scene = await openScene({
      upstreams: [[stall]],
      provider: { models: ['served'] },
      server: { max_body_mb: 1 },
    })
    const response = await scene.gateway.post('/v1/audio/transcriptions', body, { 'content-type': type })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { param } })
    expect(scene.upstream.requests).toHaveLength(0)
  })
})

test('a client that leaves while its recording is read frees the upstream', async () => {
  const { client, upstream, settled } = await sceneOf(stall)
  const leaving = new AbortController()
  const asked = client.audio.transcriptions.create(
    { model, file: await toFile(audio, 'a.wav') },
    { signal: leaving.signal },
  )
  const failed = expect(asked).rejects.toThrow()
  await eventually(() => upstream.requests.length === 1)
  leaving.abort()
  await failed
  await upstream.requests[0]?.aborted
  await settled()
})

test('an operation that the provider of a model lacks is refused', async () => {
  const scene = await openScene({ upstreams: [[stall]], provider: { type: 'deepseek' } })
  const failed = clientOf(scene).audio.speech.create({ model: 'test-model', input: 'a', voice: 'alloy' })
  await expect(failed).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('offers speech'),
  })
})
