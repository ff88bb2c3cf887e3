// `models`: further names for models, groups of them, and what is tried when all else failed.

import { z } from 'zod'
import { oneOrMore, section, text } from './fields.ts'

export function modelsSection() {
  return section({
    aliases: z
      .record(text, text)
      .default({})
      .describe('Further name to the name that is meant: a model, `provider/model`, a group or an alias.'),
    groups: z
      .record(text, group())
      .default({})
      .describe('Name to its members in order of preference, each a model or `provider/model`.'),
    fallbacks: z
      .record(text, oneOrMore)
      .default({})
      .describe('Model or group to what is tried after all its own targets failed.'),
    prices_file: text
      .optional()
      .describe('File with prices that win over the bundled ones, relative to the working folder.'),
  }).describe('Names of models: aliases, groups, fallbacks.')
}

function group() {
  return z
    .union(
      [
        z.array(text).min(1),
        section({
          targets: z.array(text).min(1).describe('Members in order of preference.'),
          strategy: z
            .enum(['priority'])
            .default('priority')
            .describe('`priority`: in order. Default: priority.'),
        }),
      ],
      { error: 'must be a list of models, or a mapping with `targets` and `strategy`' },
    )
    .transform(value => (Array.isArray(value) ? value : value.targets))
}
