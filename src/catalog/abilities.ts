// What a model can do, as people ask for it (`supports_vision`), read from its facts. Null where nobody knows.

import type { Modality, ModelFacts, ModelKind } from '../model-facts.ts'

type Ability = (facts: ModelFacts) => boolean | null

/** At most 31: they are kept as bits. */
export const abilities = {
  chat: isOneOf('chat'),
  /** A prompt without a conversation: asked of a model for conversations, it is sent as one. */
  completion: isOneOf('chat', 'completion'),
  vision: takes('image'),
  pdf: takes('pdf'),
  video: anyOf(takes('video'), makes('video'), isOneOf('video')),
  audio: anyOf(takes('audio'), makes('audio'), isOneOf('speech', 'transcription')),
  audio_input: anyOf(takes('audio'), isOneOf('transcription')),
  audio_output: anyOf(makes('audio'), isOneOf('speech')),
  image_output: anyOf(makes('image'), isOneOf('image')),
  tools: facts => facts.tools,
  parallel_tools: facts => facts.parallelTools,
  json_schema: facts => facts.jsonSchema,
  reasoning: facts => facts.reasoning,
  streaming: facts => facts.streaming,
  prompt_caching: facts => facts.promptCaching,
  batch: facts => facts.batch,
  embedding: isOneOf('embedding'),
  rerank: isOneOf('rerank'),
  moderation: isOneOf('moderation'),
  speech: isOneOf('speech'),
  transcription: isOneOf('transcription'),
} satisfies Record<string, Ability>

export type AbilityName = keyof typeof abilities

export const abilityNames = Object.keys(abilities) as readonly AbilityName[]

/** Anybody may have its weights. */
export function hasOpenWeights({ license }: Pick<ModelFacts, 'license'>): boolean | null {
  return license === null ? null : license !== 'proprietary'
}

function isOneOf(...kinds: readonly ModelKind[]): Ability {
  return ({ kind }) => (kind === null ? null : kinds.includes(kind))
}

function takes(modality: Modality): Ability {
  return ({ input }) => (input === null ? null : input.includes(modality))
}

function makes(modality: Modality): Ability {
  return ({ output }) => (output === null ? null : output.includes(modality))
}

/** Known as soon as one is true; false only where all are. */
function anyOf(...parts: readonly Ability[]): Ability {
  return facts => {
    const known = parts.map(part => part(facts))
    if (known.includes(true)) return true
    return known.includes(null) ? null : false
  }
}
