// `models`: further names for models, groups of them, and what is tried when all else failed.

import { z } from 'zod'
import { oneOrMore, section, text } from './fields.ts'
import { modelDetails } from './model-details.ts'
import { strategy } from './routing.ts'

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
    details: z
      .record(text, modelDetails())
      .default({})
      .describe('Model or `provider/model` to what is known of it better than the catalogue does.'),
    details_file: text
      .optional()
      .describe('File with such details, relative to the working folder; `details` win over it.'),
  }).describe('Names of models: aliases, groups, fallbacks; and what is known of them.')
}

export const usualWeight = 1

function group() {
  return z
    .union(
      [
        z.array(text).min(1),
        section({
          targets: z.array(member()).min(1).describe('Members in order of preference.'),
          strategy: strategy().optional().describe('How one of them is chosen. Default: that of `routing`.'),
        }),
      ],
      { error: 'must be a list of models, or a mapping with `targets` and `strategy`' },
    )
    .transform(value =>
      Array.isArray(value)
        ? { targets: value.map(unweighted), strategy: null }
        : { targets: value.targets, strategy: value.strategy ?? null },
    )
}

function member() {
  return z
    .union(
      [
        text,
        section({
          model: text.describe('A model or `provider/model`.'),
          weight: z
            .number()
            .min(0)
            .max(1_000_000)
            .default(usualWeight)
            .describe('Its share of the requests, relative to the others; for `weighted`. Default: 1.'),
        }),
      ],
      { error: 'must be a model, or a mapping with `model` and `weight`' },
    )
    .transform(value => (typeof value === 'string' ? unweighted(value) : value))
}

function unweighted(model: string) {
  return { model, weight: usualWeight }
}
