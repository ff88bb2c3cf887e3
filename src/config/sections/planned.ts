// Sections that are understood and checked, but whose feature this version does not have yet.

import { z } from 'zod'
import { duration, fraction, mebibytes, section, text, webAddress, wholeNumber } from './fields.ts'

export function plannedSections() {
  return {
    condensation: condensationSection().optional(),
    caching: cachingSection().optional(),
    memory: memorySection().optional(),
    telemetry: telemetrySection().optional(),
    chaos_engineering: chaosSection().optional(),
    alerts: z.array(alertRule()).optional().describe('Alert rules. Not in this version.'),
  }
}

function condensationSection() {
  return section({
    enabled: z.boolean().default(true).describe('Default: true.'),
    truncation_threshold: wholeNumber(1)
      .default(8_000)
      .describe('Tokens from which on a conversation is condensed. Default: 8000.'),
    summary_max_tokens: wholeNumber(1).default(512).describe('Longest summary, in tokens. Default: 512.'),
    cache_size: wholeNumber(0).default(1_000).describe('Summaries kept. Default: 1000.'),
    cache_ttl: duration.prefault(3_600).describe('How long a summary is kept; a duration. Default: 1h.'),
    error_patterns: z
      .array(text)
      .default([])
      .describe('Words in the error of a provider that mean that the context is too long.'),
  }).describe('Shortening of long conversations. Not in this version.')
}

function cachingSection() {
  const level = (megabytes: number, seconds: number) =>
    section({
      max_size_mb: mebibytes(1_000_000).prefault(megabytes).describe(`Size in MiB. Default: ${megabytes}.`),
      ttl: duration
        .prefault(seconds)
        .describe(`How long an entry is kept; a duration. Default: ${seconds}s.`),
      compression: z.boolean().default(true).describe('Whether large entries are compressed. Default: true.'),
    })
  return section({
    enabled: z.boolean().default(true).describe('Default: true.'),
    response_cache: level(512, 300).prefault({}).describe('Cache of answers.'),
    summary_cache: level(256, 3_600).prefault({}).describe('Cache of summaries.'),
  }).describe('Caches. Not in this version.')
}

function memorySection() {
  const percent = () => z.number().min(1).max(100)
  return section({
    max_usage_percent: percent()
      .default(85)
      .describe('Share of the memory never to exceed, in percent. Default: 85.'),
    gc_threshold_percent: percent()
      .default(75)
      .describe('Share from which on caches shrink, in percent. Default: 75.'),
    monitoring_interval: duration.prefault(30).describe('Between two looks; a duration. Default: 30s.'),
    cache_cleanup_interval: duration
      .prefault(300)
      .describe('Between two cleanings of the caches; a duration. Default: 300s.'),
  }).describe('Watching over memory. Not in this version.')
}

function telemetrySection() {
  const exporter = (endpoint: string) =>
    section({
      enabled: z.boolean().default(false).describe('Default: false.'),
      endpoint: webAddress.prefault(endpoint).describe(`Where spans are sent. Default: ${endpoint}.`),
    }).prefault({})
  return section({
    enabled: z.boolean().default(true).describe('Default: true.'),
    service_name: text
      .default('llm-proxy-api')
      .describe('`service.name` of the spans. Default: llm-proxy-api.'),
    service_version: text
      .optional()
      .describe("`service.version` of the spans. Default: the program's version."),
    jaeger: exporter('http://localhost:14268/api/traces').describe('Export to Jaeger.'),
    zipkin: exporter('http://localhost:9411/api/v2/spans').describe('Export to Zipkin.'),
    sampling: section({
      probability: fraction
        .default(0.1)
        .describe('Share of the requests that are traced, 0 to 1. Default: 0.1.'),
    })
      .prefault({})
      .describe('Which requests are traced.'),
  }).describe('Traces. Not in this version.')
}

function chaosSection() {
  return section({
    enabled: z.boolean().default(false).describe('Default: false.'),
    faults: z
      .array(
        section({
          type: z.enum(['delay', 'error', 'timeout', 'rate_limit']).describe('Kind of fault.'),
          severity: z
            .enum(['low', 'medium', 'high', 'critical'])
            .default('medium')
            .describe('Default: medium.'),
          probability: fraction.describe('Share of the requests, 0 to 1. Required.'),
          duration_ms: z.number().min(0).optional().describe('Length of a delay or timeout, in ms.'),
          error_code: wholeNumber(400, 599).optional().describe('HTTP status of an error.'),
        }),
      )
      .default([])
      .describe('Faults to inject.'),
  }).describe('Injected faults. Not in this version.')
}

function alertRule() {
  return section({
    name: text.describe('Name of the rule. Required.'),
    description: text.optional().describe('What it means, for its reader.'),
    metric_path: text.describe('Path into GET /metrics, such as `providers.NAME.error_rate`. Required.'),
    condition: z.enum(['>', '>=', '<', '<=', '==', '!=']).describe('How the metric is compared. Required.'),
    threshold: z.number().describe('What it is compared with. Required.'),
    severity: z.enum(['info', 'warning', 'critical']).default('warning').describe('Default: warning.'),
    enabled: z.boolean().default(true).describe('Default: true.'),
    cooldown_minutes: z
      .number()
      .min(0)
      .default(5)
      .describe('Pause between two notices, in minutes. Default: 5.'),
    channels: z
      .array(z.enum(['log', 'email', 'slack', 'webhook']))
      .default(['log'])
      .describe('Default: [log].'),
  })
}
