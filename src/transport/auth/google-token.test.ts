import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { SignableRequest } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import { createManualClock, systemClock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { createGoogleTokens, type GoogleAccount } from './google-token.ts'

const request: SignableRequest = {
  method: 'POST',
  origin: 'https://aiplatform.googleapis.com',
  path: '/v1/x',
  headers: [],
  body: Buffer.alloc(0),
}
const noCredentials = { credentialsFile: null, credentialsText: null }
const hour = 3_600_000

/** An account whose tokens last an hour, and that counts how often it is asked. */
function createAccount(clock = createManualClock()) {
  const state = { asked: 0, opened: 0, failure: null as Error | null, clock }
  const account: GoogleAccount = {
    get credentials() {
      return { expiry_date: clock.wall() + hour }
    },
    getRequestHeaders() {
      state.asked++
      if (state.failure !== null) return Promise.reject(state.failure)
      return Promise.resolve(new Headers({ authorization: `Bearer t${state.asked}` }))
    },
  }
  const authorize = createGoogleTokens({
    scope: 's',
    credentials: noCredentials,
    clock,
    openAccount() {
      state.opened++
      return Promise.resolve(account)
    },
  })
  return { state, clock, authorize: async () => authorize(request) }
}

test('requests that come at the same time wait for one token', async () => {
  const { state, authorize } = createAccount()
  const all = await Promise.all([authorize(), authorize(), authorize()])
  expect(all).toEqual(Array(3).fill(['authorization', 'Bearer t1']))
  expect(state).toMatchObject({ asked: 1, opened: 1 })
})

test('a token serves until shortly before its end, and is replaced before that without anybody waiting', async () => {
  const { state, clock, authorize } = createAccount()
  await authorize()
  clock.advance(hour - 5 * 60_000)
  expect(await authorize()).toEqual(['authorization', 'Bearer t1'])
  expect(state.asked).toBe(1)
  clock.advance(2 * 60_000)
  expect(await authorize()).toEqual(['authorization', 'Bearer t1'])
  await new Promise(setImmediate)
  expect(await authorize()).toEqual(['authorization', 'Bearer t2'])
  expect(state.asked).toBe(2)
})

test('a token that has ended is waited for', async () => {
  const { clock, authorize } = createAccount()
  await authorize()
  clock.advance(hour)
  expect(await authorize()).toEqual(['authorization', 'Bearer t2'])
})

test('a failure to renew means nothing while the token lasts, and a refusal of the account when it has ended', async () => {
  const { state, clock, authorize } = createAccount()
  await authorize()
  clock.advance(hour - 2 * 60_000)
  state.failure = new Error('invalid_grant: Invalid JWT Signature.\n  at somewhere')
  expect(await authorize()).toEqual(['authorization', 'Bearer t1'])
  clock.advance(3 * 60_000)
  const refused = await authorize().catch((thrown: unknown) => thrown)
  expect(refused).toBeInstanceOf(GatewayError)
  expect(refused).toMatchObject({
    code: 'upstream_authentication',
    message: "Google gave no token for this gateway's account: invalid_grant: Invalid JWT Signature.",
  })
})

test('after a failure the account is opened anew', async () => {
  const { state, authorize } = createAccount()
  state.failure = new Error('no such file')
  await authorize().catch(() => {})
  state.failure = null
  expect(await authorize()).toEqual(['authorization', 'Bearer t2'])
  expect(state.opened).toBe(2)
})

test('an account that is given as text gets its token from the address that it names', async () => {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    incoming.on('data', (chunk: Buffer) => asked.push(chunk.toString()))
    incoming.on('end', () => {
      outgoing.writeHead(200, { 'content-type': 'application/json' })
      outgoing.end(JSON.stringify({ access_token: 'ya29.test', expires_in: 3600, token_type: 'Bearer' }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const account = {
    type: 'external_account_authorized_user',
    audience: '//iam.googleapis.com/locations/global/workforcePools/p/providers/q',
    client_id: 'id',
    client_secret: 'secret',
    refresh_token: 'r',
    token_url: `http://127.0.0.1:${port}/token`,
  }
  const authorize = createGoogleTokens({
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    credentials: { credentialsFile: null, credentialsText: new Secret(JSON.stringify(account)) },
    clock: systemClock,
  })
  try {
    expect(await authorize(request)).toEqual(['authorization', 'Bearer ya29.test'])
    expect(asked.join('')).toContain('grant_type=refresh_token')
  } finally {
    server.close()
  }
})

test('credentials that are no JSON are refused without being told', async () => {
  const authorize = createGoogleTokens({
    scope: 's',
    credentials: { credentialsFile: null, credentialsText: new Secret('very secret') },
    clock: systemClock,
  })
  const refused = await Promise.resolve(authorize(request)).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({ code: 'upstream_authentication' })
  expect((refused as Error).message).not.toContain('very secret')
})

test('an answer that never comes is not waited for by every request that follows', async () => {
  const clock = createManualClock()
  let asked = 0
  const account: GoogleAccount = {
    credentials: {},
    getRequestHeaders: () =>
      asked++ === 0
        ? new Promise(() => {})
        : Promise.resolve(new Headers({ authorization: `Bearer t${asked}` })),
  }
  const openAccount = () => Promise.resolve(account)
  const authorize = createGoogleTokens({ scope: 's', credentials: noCredentials, clock, openAccount })
  void authorize(request)
  clock.advance(31_000)
  expect(await authorize(request)).toEqual(['authorization', 'Bearer t2'])
})
