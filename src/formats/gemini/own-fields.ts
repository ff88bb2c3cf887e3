// What becomes of the fields of Google's requests that other formats have no words for.

import { type Fate, type FieldRules, type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'
import { toCamelCase } from './wire.ts'

const configRules: FieldRules = {
  responseSchema: 'carried',
  responseJsonSchema: 'carried',
  responseMimeType: fateOfMimeType,
  responseModalities: fateOfModalities,
  thinkingConfig: rulesFor('carried', ['thinkingBudget', 'thinkingLevel', 'includeThoughts']),
}

/** @param known fields that the neutral form has words for: of the request, and of its `generationConfig` */
export function ownFieldRules(known: Iterable<string>, knownOfConfig: Iterable<string>): OwnFieldRules {
  return {
    request: {
      ...rulesFor('carried', known),
      // The beginning of the prompt stands at Google.
      cachedContent: 'refused',
      generationConfig: { ...rulesFor('carried', knownOfConfig), ...configRules },
      toolConfig: { functionCallingConfig: rulesFor('carried', ['mode', 'allowedFunctionNames']) },
    },
    messages: {
      // A proof for its own maker alone.
      thoughtSignature: 'carried',
      functionCall: {},
      functionResponse: {},
    },
    spell: toCamelCase,
  }
}

/** A choice from a list is no JSON, and no text either. */
function fateOfMimeType(type: unknown): Fate {
  return type === 'text/x.enum' ? 'refused' : 'carried'
}

function fateOfModalities(wanted: unknown): Fate {
  const modalities: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted]
  return modalities.every(modality => String(modality).toUpperCase() === 'TEXT') ? 'carried' : 'refused'
}
