// Tokens of Google Cloud accounts: of a service account, of a workload identity, of the machine itself. Google's own
// library knows all these ways; it is loaded with the first request that needs it.

import type { Authorize, GoogleCredentials } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'

/** As much of an account as is needed here. */
export interface GoogleAccount {
  /** `authorization`, and the project that is charged where the account says so. */
  getRequestHeaders(): Promise<Headers>
  readonly credentials: { readonly expiry_date?: number | null }
}

export interface GoogleTokenOptions {
  readonly scope: string
  readonly credentials: GoogleCredentials
  readonly clock: Pick<Clock, 'wall'>
  /** Replaced in tests. */
  readonly openAccount?: (credentials: GoogleCredentials, scope: string) => Promise<GoogleAccount>
}

interface Token {
  readonly headers: readonly string[]
  readonly expiresAt: number
}

/** From here on before its end, a token is replaced while it is still used; the library does not do so earlier. */
const refreshBeforeMs = 4 * 60_000
/** A token is not used up to its last second: the request has to arrive. */
const marginMs = 10_000
/** An answer that has not come by then will not come: the next request asks anew. */
const givenUpAfterMs = 30_000
/** Where the account does not say how long its token lasts. */
const assumedLifeMs = 10 * 60_000

/** Keeps one token and asks for the next one ahead of time, once however many requests wait for it. */
export function createGoogleTokens(options: GoogleTokenOptions): Authorize {
  const { scope, credentials, clock, openAccount = openGoogleAccount } = options
  let account: Promise<GoogleAccount> | null = null
  let token: Token | null = null
  let coming: { readonly token: Promise<Token>; readonly since: number } | null = null

  async function fetchToken(): Promise<Token> {
    try {
      account ??= openAccount(credentials, scope)
      const opened = await account
      const headers = [...(await opened.getRequestHeaders())].flat()
      token = { headers, expiresAt: opened.credentials.expiry_date ?? clock.wall() + assumedLifeMs }
      return token
    } catch (cause) {
      // The file may have been put right by the next time.
      account = null
      throw refused(cause)
    }
  }

  function renew(): Promise<Token> {
    const now = clock.wall()
    if (coming !== null && now - coming.since < givenUpAfterMs) return coming.token
    const asked = { token: fetchToken(), since: now }
    coming = asked
    const forget = (): void => {
      if (coming === asked) coming = null
    }
    asked.token.then(forget, forget)
    return asked.token
  }

  return () => {
    const left = token === null ? 0 : token.expiresAt - clock.wall()
    if (token === null || left <= marginMs) return renew().then(({ headers }) => headers)
    // While this one lasts, a failure means nothing.
    if (left <= refreshBeforeMs) renew().catch(() => {})
    return token.headers
  }
}

function refused(cause: unknown): GatewayError {
  const words = cause instanceof Error ? (cause.message.split('\n')[0] ?? '').slice(0, 300) : ''
  return new GatewayError('upstream_authentication', {
    message: `Google gave no token for this gateway's account${words === '' ? '' : `: ${words}`}`,
    cause,
  })
}

async function openGoogleAccount(
  { credentialsFile, credentialsText }: GoogleCredentials,
  scope: string,
): Promise<GoogleAccount> {
  const { GoogleAuth } = await import('google-auth-library')
  const source =
    credentialsText !== null
      ? { credentials: parseCredentials(credentialsText) }
      : credentialsFile === null
        ? {}
        : { keyFilename: credentialsFile }
  return new GoogleAuth({ scopes: [scope], ...source }).getClient()
}

/** The parser's own message would quote the text. */
function parseCredentials(text: Secret): object {
  try {
    return JSON.parse(text.reveal()) as object
  } catch {
    throw new Error('the credentials are no valid JSON')
  }
}
