// The prompt of completions and the input of embeddings: text, tokens, or a list of either.

import { refuse } from '../shared/checks.ts'

/** About how many characters a token stands for, where the client sends tokens. */
const charactersPerToken = 4

/** @returns the UTF-16 units of the text, estimated where it came as tokens */
export function measurePrompt(prompt: unknown, path: string): number {
  if (typeof prompt === 'string') return prompt.length
  if (!Array.isArray(prompt)) refuse(path, 'must be a string, a list of strings, or a list of tokens')
  if (prompt.length === 0) refuse(path, 'must not be empty')
  let characters = 0
  for (let index = 0; index < prompt.length; index++) {
    const item: unknown = prompt[index]
    if (typeof item === 'string') characters += item.length
    else if (Number.isInteger(item)) characters += charactersPerToken
    else characters += measureTokens(item, `${path}[${index}]`)
  }
  return characters
}

function measureTokens(tokens: unknown, path: string): number {
  if (!Array.isArray(tokens)) refuse(path, 'must be a string, a token, or a list of tokens')
  const wrong = tokens.findIndex(token => !Number.isInteger(token))
  if (wrong !== -1) refuse(`${path}[${wrong}]`, 'must be a token, which is a whole number')
  return tokens.length * charactersPerToken
}
