// `logging` and `metrics`: what the gateway tells of its work.

import { z } from 'zod'
import { mebibytes, section, text, wholeNumber } from './fields.ts'

/** Names of other logging systems are taken too: `warning` for `warn`, `critical` for `error`. */
const levels = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
} as const
type LevelName = keyof typeof levels
type AnyCase<Name extends string> = Name | Uppercase<Name>

export function loggingSection() {
  const names = Object.keys(levels) as LevelName[]
  const anyCase: Array<AnyCase<LevelName>> = [
    ...names,
    ...names.map(name => name.toUpperCase() as Uppercase<LevelName>),
  ]
  return section({
    level: z
      .enum(anyCase)
      .prefault('info')
      .transform(name => levels[name.toLowerCase() as LevelName])
      .describe(
        'Least severity: debug, info, warn (warning), error (critical), in either case. Default: info.',
      ),
    format: z.enum(['json', 'text']).default('json').describe('`json` or `text`. Default: json.'),
    file: text.optional().describe('File, relative to the data directory. Default: standard output.'),
    rotation: section({
      max_size_mb: mebibytes(100_000)
        .prefault(100)
        .describe('Size at which a new file begins, in MiB. Default: 100.'),
      max_files: wholeNumber(1, 10_000)
        .default(5)
        .describe('Files kept, the current one included. Default: 5.'),
    })
      .prefault({})
      .describe('Rotation of the file.'),
  }).describe('What is logged, how, and where.')
}

export function metricsSection() {
  return section({
    enabled: z
      .boolean()
      .default(true)
      .describe('Whether metrics are kept and served. The variable METRICS_ENABLED wins. Default: true.'),
  }).describe('Metrics.')
}
