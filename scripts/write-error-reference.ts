// Writes docs/errors.md from the error table.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorEntry, errorTable } from '../src/errors.ts'

const retryWords: Readonly<Record<ErrorEntry['retry'], string>> = {
  final: 'no',
  next_target: 'on the next target',
  retry: 'on the same target, then on the next',
}

export function errorReference(): string {
  const rows = Object.entries(errorTable as Readonly<Record<string, ErrorEntry>>)
    .toSorted(([, left], [, right]) => left.status - right.status)
    .map(
      ([code, { status, type, retry, breaker, message, advice }]) =>
        `| \`${code}\` | ${status} | \`${type}\` | ${message} ${advice} | ${retryWords[retry]} | ${breaker === 'counts' ? 'yes' : 'no'} |`,
    )
  return `# Errors

Every error that this gateway can answer with, in the shape of the client's format. For OpenAI's SDKs:

\`\`\`json
{"error": {"message": "…", "type": "…", "param": "messages[2].role", "code": "…", "provider": "…", "attempts": []}}
\`\`\`

\`param\` is the path of the field, header or parameter at fault, where there is one. \`provider\` and \`attempts\` are there when an upstream was asked. In a stream that has begun, the same object comes as the last event, and no end marker follows it.

"Tried again" says what the gateway does by itself before it gives up; "counts" whether the failure speaks against the health of the deployment (circuit breaker).

This page is generated from \`src/errors.ts\` by \`npm run docs\`. The \`code\` in an answer is OpenAI's own where OpenAI has one (\`insufficient_quota\` for \`upstream_quota_exceeded\`, for example).

| code | status | type | what it means, and what to do | tried again | counts |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorReference())
