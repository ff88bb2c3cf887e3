// Mistral's completions of what stands between a prompt and a suffix: asked like the older completions, answered like a
// chat. Nobody else has them, so that they pass as bytes. https://docs.mistral.ai/api/endpoint/fim

import type { Address, Format, JsonObject, RequestFacts } from '../format.ts'
import { mistralChat } from '../mistral-chat/index.ts'
import { checkRequest as checkPrompt } from '../openai-completions/request.ts'

function checkRequest(body: JsonObject, address: Address): RequestFacts {
  // The last chunk of every stream brings the usage, asked for or not.
  return { ...checkPrompt(body, address), wantsStreamUsage: true }
}

const { chat: _untranslated, editsForPassing: _nothing, ...wire } = mistralChat

export const mistralFim: Format = { ...wire, name: 'mistral-fim', checkRequest }
