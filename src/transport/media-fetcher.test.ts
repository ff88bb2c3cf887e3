import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { createMediaFetcher, type MediaFetcherOptions } from './media-fetcher.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** A store on loopback; gives its `host:port`. */
async function openStore(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function fetcher(options: Partial<MediaFetcherOptions> = {}) {
  return createMediaFetcher(() => ({ maxBytes: 1000, timeoutMs: 2000, allowedHosts: [], ...options }))
}

async function refusalOf(fetching: Promise<unknown>): Promise<string> {
  const thrown = await fetching.then(
    () => null,
    (error: unknown) => error,
  )
  if (!(thrown instanceof GatewayError)) throw new Error('was not refused')
  expect(thrown.code).toBe('invalid_request')
  return thrown.message
}

test('a file of an allowed host arrives as base64, and its bytes say what it is', async () => {
  const host = await openStore((_request, response) => {
    response.setHeader('content-type', 'image/jpeg')
    response.end(png)
  })
  expect(await fetcher({ allowedHosts: [host] })(`http://${host}/a.png?x=1`)).toEqual({
    mediaType: 'image/png',
    data: png.toString('base64'),
  })
})

test.each([
  'http://127.0.0.1:1/',
  'http://[::1]:1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost:1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::ffff:127.0.0.1]/',
])('%s is not fetched', async url => {
  expect(await refusalOf(fetcher()(url))).toContain('is not an address of the public internet')
})

test.each([
  ['ftp://example.com/x', 'is not of the web'],
  ['file:///etc/passwd', 'is not of the web'],
  ['http://user:password@example.com/', 'holds credentials'],
  ['http://', 'is not an address'],
])('%s is refused: it %s', async (url, reason) => {
  expect(await refusalOf(fetcher()(url))).toContain(reason)
})

test('a redirect is followed only to where the first address might have led', async () => {
  const host = await openStore((request, response) => {
    const to = request.url === '/in' ? 'http://169.254.169.254/secret' : '/loop'
    response.writeHead(302, { location: to })
    response.end()
  })
  const fetchMedia = fetcher({ allowedHosts: [host] })
  expect(await refusalOf(fetchMedia(`http://${host}/in`))).toContain('not an address of the public internet')
  expect(await refusalOf(fetchMedia(`http://${host}/loop`))).toContain('redirects more than 3 times')
})

test('a file that is too large is refused without being read to its end', async () => {
  const host = await openStore((_request, response) => {
    const pour = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(500)));
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  })
  expect(await refusalOf(fetcher({ allowedHosts: [host] })(`http://${host}/`))).toContain(
    'is larger than 1000 bytes',
  )
})

test('a store that fails or stays silent is named with the address, not with what it said', async () => {
  const host = await openStore((request, response) => {
    if (request.url === '/missing') response.writeHead(404).end('a secret of the inner network')
  })
  const message = await refusalOf(fetcher({ allowedHosts: [host] })(`http://${host}/missing`))
  expect(message).toContain('answered with status 404')
  expect(message).not.toContain('secret')
  const silent = fetcher({ allowedHosts: [host], timeoutMs: 50 })(`http://${host}/silent`)
  expect(await refusalOf(silent)).toContain('did not answer within 50 ms')
})
