// `models.details`: what the operator knows of a model better than the catalogue.

import { z } from 'zod'
import {
  dayPattern,
  type FactField,
  type FactType,
  factFields,
  modalities,
  modelKinds,
  type SaidFacts,
} from '../../model-facts.ts'
import { section, text, wholeNumber } from './fields.ts'

const descriptions: Readonly<Record<string, string>> = {
  title: 'As people write it.',
  owned_by: 'Its maker.',
  kind: 'What it is for.',
  context_window: 'Tokens of the prompt and the answer together.',
  max_output: 'Tokens of the longest answer.',
  input: 'What it takes.',
  output: 'What it answers with.',
  tools: 'Whether it calls tools.',
  parallel_tools: 'Whether it calls several tools in one answer.',
  json_schema: 'Whether an answer can be held to a JSON Schema.',
  reasoning: 'Whether it thinks before it answers.',
  streaming: 'Whether an answer can be streamed.',
  prompt_caching: 'Whether its provider caches prompts.',
  batch: 'Whether its provider takes it in batches.',
  knowledge_cutoff: 'Until when its knowledge reaches: a day or a month.',
  released_on: 'A day or a month.',
  reasoning_levels: 'Names of its levels of effort, least first.',
  deprecated_on: 'From then on its maker advises against it.',
  retires_on: 'From then on it does not answer.',
  replaced_by: 'What its maker names as its successor.',
  license: 'An SPDX identifier or a name; `proprietary` for models that nobody may copy.',
  aliases: 'Further names of the same model at the same provider.',
}

/** Fields as people write them; gives facts by their names in the program. */
export function modelDetails() {
  const shape = Object.entries(factFields).map(([word, { type }]) => {
    const description = descriptions[word]
    const schema = schemaOf(type).optional()
    return [word, description === undefined ? schema : schema.describe(description)]
  })
  return section(Object.fromEntries(shape) as Record<string, z.ZodType>).transform(toFacts)
}

function schemaOf(type: FactType): z.ZodType {
  switch (type) {
    case 'text':
      return text
    case 'texts':
      return z.array(text)
    case 'tokens':
      return wholeNumber(1)
    case 'day':
      return z.string().regex(dayPattern, 'must be a day such as `2026-03-31`, or a month such as `2026-03`')
    case 'answer':
      return z.boolean()
    case 'kind':
      return z.enum(modelKinds)
    case 'modalities':
      return z.array(z.enum(modalities))
  }
}

function toFacts(written: Readonly<Record<string, unknown>>): SaidFacts {
  const facts = Object.entries(factFields as Readonly<Record<string, FactField>>)
    .filter(([word]) => written[word] !== undefined)
    .map(([word, { name }]) => [name, written[word]])
  return Object.fromEntries(facts)
}
