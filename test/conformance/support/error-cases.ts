// Errors of another gateway's translator tests: what a provider answers, and what the client is to read of it.

import { formatOfApi, translatorRows } from './cases.ts'
import { type Json, objectAt, textAt } from './json.ts'

export interface ErrorCase {
  readonly id: string
  readonly client: string
  readonly upstream: string
  readonly provider: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly message: string
  readonly type: string
}

/** Whose answer it is, by a part of the name of the test. */
const providers: readonly (readonly [RegExp, string])[] = [
  [/AWSAnthropic/, 'bedrock'],
  [/GCPAnthropic|GCPVertexAI/, 'vertex'],
  [/AnthropicToOpenAI/, 'openai'],
]

export const errorCases: readonly ErrorCase[] = translatorRows.flatMap(row => {
  if (row['kind'] !== 'error') return []
  const id = textAt(row, 'id')
  const fields = objectAt(row, 'all_fields')
  const headers = objectAt(row, 'upstream_response') as Record<string, string>
  const { ':status': status = '400', ...sent } = headers
  const body = fields['body'] ?? fields['inputBody']
  const error = wantedError(row, fields)
  return {
    id,
    client: formatOfApi[textAt(row, 'client_api')] ?? '',
    upstream: formatOfApi[textAt(row, 'upstream')] ?? '',
    provider: providers.find(([names]) => names.test(id))?.[1] ?? '',
    status: Number(status),
    headers: sent,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    message: textAt(error, 'message'),
    type: textAt(error, 'type'),
  }
})

function wantedError(row: Json, fields: Json): Json {
  if ('wantErrType' in fields) return { type: fields['wantErrType'], message: fields['wantErrMsg'] }
  const whole = objectAt(fields, 'wantError')
  return objectAt('error' in whole ? whole : row['client_response_expected'], 'error')
}
