// Reads a provider's answers: the format knows the shape, the provider's error table knows its wordings.

import type { AnswerReader } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Format } from '../formats/format.ts'
import type { Clock } from '../lib/clock.ts'
import { readRetryAfter } from '../lib/retry-after.ts'
import { matchErrorRule } from '../providers/error-rules.ts'
import type { ErrorRule } from '../providers/provider.ts'

export interface AnswerReaderOptions {
  readonly format: Format
  /** The configured name of the provider. */
  readonly provider: string
  readonly errors: readonly ErrorRule[]
  /** The client asked for the usage of a stream itself. */
  readonly passUsage: boolean
  readonly clock: Clock
}

export function createAnswerReader(options: AnswerReaderOptions): AnswerReader {
  const { format, provider, errors, passUsage, clock } = options
  return {
    readFull: (body, contentType) => ({ facts: format.readAnswer(body, contentType) }),
    openTap: contentType => format.openTap({ passUsage, contentType }),
    refine(failure) {
      const { code, message, upstreamCode, upstreamStatus } = failure
      const known = { status: upstreamStatus ?? 0, upstreamCode, message }
      const meant = code.startsWith('upstream_') ? matchErrorRule(errors, known) : null
      return meant === null || meant === code ? failure : failure.retold({ code: meant })
    },
    readError(answer) {
      const failure = format.decodeError(answer)
      const code = matchErrorRule(errors, { ...failure, status: answer.status }) ?? failure.code
      const retryAfterMs = readRetryAfter(answer.headers, clock.wall()) ?? failure.retryAfterMs ?? null
      return new GatewayError(code, {
        message:
          failure.message === '' ? `${provider} answered with status ${answer.status}.` : failure.message,
        provider,
        upstreamStatus: answer.status,
        ...(failure.param === null ? {} : { param: failure.param }),
        ...(failure.upstreamCode === null ? {} : { upstreamCode: failure.upstreamCode }),
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
      })
    },
  }
}
