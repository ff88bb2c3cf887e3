// Mistral's list: abilities, further names and dates. https://docs.mistral.ai/api/#tag/models

import type { JsonObject } from '../../lib/json-value.ts'
import type { ModelKind } from '../../model-facts.ts'
import { dayIn, flagIn, inputsFrom, type MaybeSaid, objectIn, textIn, textsIn } from './fields.ts'
import { openAiListing } from './openai-models.ts'

export const mistralListing = openAiListing({
  read(row): MaybeSaid | null {
    // A fine-tuned model that its owner has put away.
    if (row['archived'] === true) return null
    const can = objectIn(row['capabilities'])
    const aliases = textsIn(row['aliases'])
    return {
      title: textIn(row['name']),
      kind: kindOf(can),
      input: inputsFrom({ image: can['vision'], audio: can['audio'] }),
      tools: flagIn(can['function_calling']),
      reasoning: flagIn(can['reasoning']),
      deprecatedOn: dayIn(row['deprecation']),
      replacedBy: textIn(row['deprecation_replacement_model']),
      aliases: aliases?.length === 0 ? undefined : aliases,
    }
  },
})

function kindOf(can: JsonObject): ModelKind | undefined {
  if (can['completion_chat'] === true) return 'chat'
  if (can['completion_fim'] === true) return 'completion'
  if (can['audio_transcription'] === true) return 'transcription'
  if (can['moderation'] === true) return 'moderation'
  return undefined
}
