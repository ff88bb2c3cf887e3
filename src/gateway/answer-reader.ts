// Reads a provider's answers: the format knows the shape, the provider's error table knows its wordings.

import type { AnswerReader } from '../call.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'
import type { Format, UpstreamFailure } from '../formats/format.ts'
import type { Clock } from '../lib/clock.ts'
import { readRetryAfter } from '../lib/retry-after.ts'
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
    readFull: body => format.readAnswer(body),
    openTap: () => format.openTap({ passUsage }),
    readError(answer) {
      const failure = format.decodeError(answer)
      const code = refine(failure, errors, answer.status)
      const retryAfterMs = readRetryAfter(answer.headers, clock.wall())
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

function refine(failure: UpstreamFailure, rules: readonly ErrorRule[], status: number): ErrorCode {
  const match = rules.find(
    rule =>
      (rule.status === undefined || rule.status === status) &&
      (rule.upstreamCode === undefined || rule.upstreamCode === failure.upstreamCode) &&
      (rule.message === undefined || rule.message.test(failure.message)),
  )
  return match?.code ?? failure.code
}
