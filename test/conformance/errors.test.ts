// Every recorded error of every provider: it becomes the failure that it is, and each client gets it in the shape that its
// SDK raises.

import { afterAll, describe, test } from 'vitest'
import type { ErrorCode, GatewayError } from '../../src/errors.ts'
import { createAnswerReader } from '../../src/gateway/answer-reader.ts'
import { createManualClock } from '../../src/lib/clock.ts'
import { findProvider } from '../../src/providers/index.ts'
import { problemsOfError } from './schemas/validate.ts'
import { expectSection, table } from './support/board.ts'
import { openPins, type Pin } from './support/pins.ts'
import { type Recording, readRecording, recordings } from './support/recordings.ts'
import { canChat, clientFormats, formatOf } from './support/seam.ts'
import { skipWord } from './support/shared.ts'

/** What an error means, first match first. Where nothing matches, the status says it. */
const meanings: readonly { readonly files: RegExp; readonly code: ErrorCode }[] = [
  { files: /failure-api-key/, code: 'upstream_authentication' },
  // The request is in order; the place is not, and another provider of the model may answer it.
  { files: /unsupported-user-location/, code: 'upstream_authentication' },
  { files: /context-cache-not-found/, code: 'upstream_invalid_request' },
  { files: /bedrock_error|model_name_suggestion_bedrock/, code: 'upstream_model_not_found' },
  { files: /inferred_model_name_suggestion/, code: 'upstream_model_not_found' },
  { files: /groq\/chat\/pyd-tool_use_failed/, code: 'upstream_malformed' },
]

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'upstream_invalid_request',
  401: 'upstream_authentication',
  403: 'upstream_authentication',
  404: 'upstream_model_not_found',
  429: 'upstream_rate_limited',
}

const pins = openPins('errors')
const errors = recordings.filter(({ status, format }) => status >= 400 && canChat(format))
const clients = clientFormats.filter(canChat)
const met = new Map<ErrorCode, number>()

function meaningOf({ file, status }: Recording): ErrorCode | undefined {
  return meanings.find(({ files }) => files.test(file))?.code ?? codeOfStatus[status]
}

function readError(recording: Recording): GatewayError {
  const { format, provider, status } = recording
  const reader = createAnswerReader({
    format: formatOf(format),
    provider,
    errors: findProvider(provider)?.errors ?? [],
    passUsage: true,
    clock: createManualClock(),
  })
  return reader.readError({ status, headers: {}, body: readRecording(recording) })
}

function pinsOf(recording: Recording): Pin[] {
  const error = readError(recording)
  met.set(error.code, (met.get(error.code) ?? 0) + 1)
  const expected = meaningOf(recording)
  const found: Pin[] =
    error.code === expected ? [] : [{ key: recording.file, field: 'code', expected, got: error.code }]
  for (const client of clients)
    for (const problem of problemsIn(client, error))
      found.push({ key: recording.file, clients: [client], field: 'shape', expected: 'none', got: problem })
  return found
}

function problemsIn(client: string, error: GatewayError): string[] {
  const body = formatOf(client).encodeError(error).toString()
  const problems = problemsOfError(client, JSON.parse(body))
  return body.includes(JSON.stringify(error.message).slice(1, -1))
    ? problems
    : [...problems, 'the words of the provider are missing']
}

describe.skipIf(errors.length === 0)(`recorded errors, in every client's format${skipWord}`, () => {
  test.each(errors)('$file ($status)', recording => {
    const seen = pinsOf(recording)
    pins.check(recording.file, seen)
  })

  test('every deviation that is pinned has its reason', () => {
    pins.checkReasons()
  })

  test('the counts are as the board says', () => {
    const rows = [...met]
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([code, count]) => [`\`${code}\``, count])
    expectSection('errors', table(['failure', 'recordings'], rows))
  })

  afterAll(() => pins.close())
})
