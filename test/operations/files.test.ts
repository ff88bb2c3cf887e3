// Files and batches by OpenAI's own client, through the whole gateway to scripted upstreams.

import OpenAI, { toFile } from 'openai'
import { describe, expect, test } from 'vitest'
import { answerJson } from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

describe('files and batches', () => {
  const client = ({ gateway }: Scene, more: object = {}) =>
    new OpenAI({ apiKey: testKey, baseURL: `${gateway.url}/v1`, maxRetries: 0, ...more })
  const file = { id: 'file-1', object: 'file', bytes: 3, filename: 'a.jsonl', purpose: 'batch' }

  test('are those of the provider: uploaded, listed, read, deleted', async () => {
    const scene = await openScene({
      upstreams: [
        [
          answerJson(200, file),
          answerJson(200, { object: 'list', data: [file], has_more: false }),
          (_request, response) => {
            response.writeHead(200, { 'content-type': 'application/octet-stream' })
            response.end('a\nb\n')
          },
          answerJson(200, { id: 'file-1', deleted: true }),
        ],
      ],
    })
    const { files } = client(scene)
    const sent = await files.create({ file: await toFile(Buffer.from('abc'), 'a.jsonl'), purpose: 'batch' })
    expect(sent.id).toBe('file-1')
    expect((await files.list({ purpose: 'batch' })).data).toHaveLength(1)
    expect(await (await files.content('file-1')).text()).toBe('a\nb\n')
    expect((await files.delete('file-1')).deleted).toBe(true)
    expect(scene.upstream.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/files',
      'GET /v1/files?purpose=batch',
      'GET /v1/files/file-1/content',
      'DELETE /v1/files/file-1',
    ])
    expect(scene.upstream.requests[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(scene.upstream.requests[0]?.body.toString()).toContain('\r\n\r\nabc\r\n')
    const rows = await scene.gateway.stopAndReadLedger()
    expect(rows.map(row => [row['operation'], row['route']])).toEqual([
      ['file', '/v1/files'],
      ['file', '/v1/files'],
      ['file', '/v1/files/{id}'],
      ['file', '/v1/files/{id}'],
    ])
  })

  test('of a batch are made and cancelled', async () => {
    const batch = { id: 'batch_1', object: 'batch', status: 'validating' }
    const scene = await openScene({ upstreams: [[answerJson(200, batch)]] })
    const { batches } = client(scene)
    await batches.create({
      input_file_id: 'file-1',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    })
    await batches.retrieve('batch_1')
    await batches.cancel('batch_1')
    expect(scene.upstream.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/batches',
      'GET /v1/batches/batch_1',
      'POST /v1/batches/batch_1/cancel',
    ])
  })

  test('are those of the first provider that has such, or of the one that is named', async () => {
    const scene = await openScene({
      upstreams: [[answerJson(200, file)], [answerJson(200, file)], [answerJson(200, file)]],
      sections: upstreams => ({
        providers: upstreams.map(({ baseUrl }, index) => ({
          name: `p${index}`,
          type: index === 0 ? 'deepseek' : 'openai_compatible',
          base_url: baseUrl,
          api_key: 'sk-some-key-of-ours',
        })),
      }),
    })
    await client(scene).files.retrieve('file-1')
    await client(scene, { defaultHeaders: { 'x-llm-proxy-provider': 'p2' } }).files.retrieve('file-1')
    await client(scene, { defaultQuery: { provider: 'p2', after: 'x' } }).files.retrieve('file-1')
    expect(scene.upstreams.map(({ requests }) => requests.map(({ url }) => url))).toEqual([
      [],
      ['/v1/files/file-1'],
      ['/v1/files/file-1', '/v1/files/file-1?after=x'],
    ])
    const refused = client(scene, { defaultQuery: { provider: 'p0' } }).files.retrieve('file-1')
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'provider' })
  })

  test('are closed where the operator says so', async () => {
    const scene = await openScene({ upstreams: [[answerJson(200, file)]], provider: { files: false } })
    await expect(client(scene).files.list()).rejects.toMatchObject({ status: 503 })
    expect(scene.upstream.requests).toHaveLength(0)
  })
})
