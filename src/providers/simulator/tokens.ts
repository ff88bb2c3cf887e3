// The simulator's tokens: a word with the space before it. Simple to count, to stream, and to cut at.

/** An answer after `stop` and the limit of tokens. */
export interface LimitedText {
  readonly tokens: readonly string[]
  readonly finishReason: 'stop' | 'length'
}

/** Splits text into tokens whose concatenation is the text; long words come in parts. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S{1,16}|\s+$/gu) ?? []
}

/** How many tokens a text of the prompt is taken for: about four characters each. */
export function countPromptTokens(characters: number): number {
  return Math.ceil(characters / 4)
}

/** Cuts a text at the first stop sequence, which is not part of it, and then at the limit. */
export function limitText(text: string, stops: readonly string[], maxTokens: number | null): LimitedText {
  let end = text.length
  for (const stop of stops) {
    const at = text.indexOf(stop)
    if (at >= 0 && at < end) end = at
  }
  const tokens = splitTokens(text.slice(0, end))
  if (maxTokens === null || tokens.length <= maxTokens) return { tokens, finishReason: 'stop' }
  return { tokens: tokens.slice(0, maxTokens), finishReason: 'length' }
}

export interface SimulatedUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

export function makeUsage(promptTokens: number, completionTokens: number): SimulatedUsage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}
