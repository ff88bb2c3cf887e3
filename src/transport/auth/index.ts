// The ways to authorise requests that need more than a key in a header, by their names.

import type { Authorize, AuthScheme, AwsCredentials, GoogleCredentials } from '../../call.ts'
import type { Clock } from '../../lib/clock.ts'
import { createAwsSignature } from './aws-signature.ts'
import { createGoogleTokens } from './google-token.ts'

/** What a provider has been given, by the kind of scheme that it is for. */
export interface AuthCredentials {
  readonly aws: AwsCredentials | null
  readonly google: GoogleCredentials
}

export interface AuthDeps {
  readonly clock: Clock
}

/** Null where the credentials that the scheme needs are missing. */
export function createAuthorizer(
  scheme: AuthScheme,
  credentials: AuthCredentials,
  { clock }: AuthDeps,
): Authorize | null {
  switch (scheme.scheme) {
    case 'aws': {
      const { service, region } = scheme
      return credentials.aws === null
        ? null
        : createAwsSignature({ service, region, credentials: credentials.aws, clock })
    }
    case 'google':
      return createGoogleTokens({ scope: scheme.scope, credentials: credentials.google, clock })
  }
}
