// `routing`: which requests go where, by which strategy, and what happens when something goes wrong on the way.

import { z } from 'zod'
import { duration, fraction, oneOrMore, section, text, wholeNumber } from './fields.ts'

export const strategyNames = [
  'round_robin',
  'weighted',
  'least_connections',
  'least_latency',
  'cost_optimized',
  'adaptive',
  'priority',
] as const

const rescueNames = ['error', 'continue', 'restart', 'auto', 'buffer'] as const
const shareMessage = 'must be a share: a text like `10%`, or a number from 0 to 1'
const stickyPattern = /^(user|key|tenant|conversation|metadata\.[\w.-]+|header\.[\w-]+)$/
const stickyMessage = 'must be `user`, `key`, `tenant`, `conversation`, `metadata.NAME` or `header.NAME`'

export function routingSection() {
  return section({
    strategy: strategy().default('priority').describe('Of all routes that name none. Default: priority.'),
    adaptive: adaptiveSection().prefault({}),
    affinity: affinitySection().prefault({}),
    defaults: section(policyFields()).prefault({}).describe('What holds where a rule says nothing.'),
    rules: z
      .array(rule())
      .default([])
      .superRefine(refuseRepeatedNames)
      .describe('The first one that fits a request decides. Default: none.'),
  }).describe('Which requests go where, and what happens when something goes wrong.')
}

export function strategy() {
  return z.enum(strategyNames)
}

function adaptiveSection() {
  return section({
    success: z.number().min(0).default(0.6).describe('Weight of success. Default: 0.6.'),
    latency: z.number().min(0).default(0.25).describe('Weight of the time to first content. Default: 0.25.'),
    cost: z.number().min(0).default(0.15).describe('Weight of the cost. Default: 0.15.'),
    min_share: fraction
      .default(0.005)
      .describe('The smallest share of the requests that any target gets, 0 to 1. Default: 0.005.'),
  }).describe('How the strategy `adaptive` judges.')
}

function affinitySection() {
  return section({
    enabled: z.boolean().default(true).describe('A conversation goes on where it is cached. Default: true.'),
    max_conversations: wholeNumber(1, 10_000_000)
      .default(50_000)
      .describe('How many are remembered. Default: 50000.'),
    keep: duration.prefault('1h').describe('How long a silent one is remembered; a duration. Default: 1h.'),
  }).describe('Conversations stay with the target that holds their prompt cache.')
}

function policyFields() {
  return {
    rescue: z
      .enum(rescueNames)
      .optional()
      .describe('What becomes of a stream that breaks after its first content. Default: error.'),
    hedge: section({
      after: duration
        .optional()
        .describe('Time without first content; a duration. Default: the p95 of the first target.'),
      max_share: share().default(0.05).describe('Largest share of requests. Default: 5%.'),
      max_cost: z.number().positive().optional().describe('In US dollars for a request. Default: no bound.'),
    })
      .optional()
      .describe('A second target is asked beside a slow first one. Default: never.'),
    limit_wait: z
      .enum(['last_resort', 'preferred'])
      .optional()
      .describe('When a limited target is waited for. Default: last_resort.'),
    max_limit_wait: duration
      .optional()
      .describe('The longest Retry-After that is waited for; a duration. Default: 10s.'),
    fallbacks: section({
      context_length: oneOrMore.optional().describe('After a prompt that is too long.'),
      content_filter: oneOrMore.optional().describe('After a refusal by a content filter.'),
    })
      .optional()
      .describe('Models or groups that are tried after failures of a kind. Default: none.'),
    failover_statuses: z
      .array(wholeNumber(400, 599))
      .optional()
      .describe('Further statuses of upstreams after which the next target is asked. Default: none.'),
  }
}

function rule() {
  return section({
    name: text.describe('Unique; stands in the decision of each request.'),
    when: text.optional().describe('Condition in CEL (docs/routing.md). Default: always.'),
    models: oneOrMore
      .optional()
      .describe('Names that clients ask for; `*` stands for anything. Default: all.'),
    use: oneOrMore
      .optional()
      .describe('Model, `provider/model` or group, or several in order. Default: what was asked for.'),
    strategy: strategy().optional().describe('Default: that of the group, or of `routing`.'),
    split: z
      .array(
        section({
          share: share().describe('Share of the requests: `10%`, or 0.1.'),
          use: oneOrMore.describe('Where they go.'),
        }),
      )
      .min(1)
      .superRefine(refuseOverfullShares)
      .optional()
      .describe('Shares of the requests that go elsewhere. The rest goes to `use`.'),
    sticky_by: z
      .string()
      .regex(stickyPattern, stickyMessage)
      .optional()
      .describe(
        'What decides into which share a request falls: `user`, `key`, `tenant`, `conversation`, `metadata.NAME`, `header.NAME`. Default: chance.',
      ),
    shadow: section({
      use: text.describe('Model, `provider/model` or group that gets a copy.'),
      share: share().default(1).describe('Share of the requests. Default: 100%.'),
      max_concurrent: wholeNumber(1, 10_000).default(10).describe('Copies under way at once. Default: 10.'),
      timeout: duration.prefault('60s').describe('For a copy; a duration. Default: 60s.'),
    })
      .optional()
      .describe('A copy of the request whose answer is thrown away. Default: none.'),
    ...policyFields(),
  })
}

/** A share as a text with a percent sign, or a number; gives a number. */
function share() {
  return z
    .union([fraction, z.string().regex(/^\d+(\.\d+)?%$/, shareMessage)], { error: shareMessage })
    .transform(value => (typeof value === 'number' ? value : Number.parseFloat(value) / 100))
    .refine(value => value <= 1, 'must be at most 100%')
}

type Issues = { addIssue(issue: { code: 'custom'; path: PropertyKey[]; message: string }): void }

function refuseRepeatedNames(rules: readonly { readonly name: string }[], context: Issues): void {
  const seen = new Map<string, number>()
  for (const [index, { name }] of rules.entries()) {
    const first = seen.get(name)
    if (first === undefined) seen.set(name, index)
    else
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `rules[${first}] has the same name`,
      })
  }
}

function refuseOverfullShares(parts: readonly { readonly share: number }[], context: Issues): void {
  const sum = parts.reduce((total, part) => total + part.share, 0)
  if (sum <= 1 + 1e-9) return
  const percent = Number((sum * 100).toFixed(2))
  context.addIssue({ code: 'custom', path: [], message: `the shares come to ${percent}%, more than 100%` })
}
