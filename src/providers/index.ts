// The providers that can be configured: one line each.

import { aiSdk } from './ai-sdk/index.ts'
import { alibaba } from './alibaba.ts'
import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { bedrock } from './bedrock.ts'
import { cerebras } from './cerebras.ts'
import { cohere } from './cohere.ts'
import { crusoe } from './crusoe.ts'
import { deepseek } from './deepseek.ts'
import { fireworks } from './fireworks.ts'
import { gemini } from './gemini.ts'
import { groq } from './groq.ts'
import { heroku } from './heroku.ts'
import { huggingface } from './huggingface.ts'
import { llamacpp } from './llamacpp.ts'
import { lmstudio } from './lmstudio.ts'
import { mistral } from './mistral.ts'
import { moonshot } from './moonshot.ts'
import { nvidia } from './nvidia.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { openrouter } from './openrouter.ts'
import { perplexity } from './perplexity.ts'
import type { Provider } from './provider.ts'
import { sambanova } from './sambanova.ts'
import { sglang } from './sglang.ts'
import { simulator } from './simulator/index.ts'
import { snowflake } from './snowflake.ts'
import { together } from './together.ts'
import { vertex } from './vertex.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'
import { zai } from './zai.ts'

export const providers: readonly Provider[] = [
  openai,
  azureOpenai,
  anthropic,
  bedrock,
  gemini,
  vertex,
  xai,
  groq,
  deepseek,
  mistral,
  cohere,
  openrouter,
  together,
  fireworks,
  perplexity,
  cerebras,
  moonshot,
  zai,
  alibaba,
  sambanova,
  nvidia,
  huggingface,
  snowflake,
  heroku,
  crusoe,
  ollama,
  vllm,
  sglang,
  llamacpp,
  lmstudio,
  openaiCompatible,
  aiSdk,
  simulator,
]

/** Other names under which people look for a provider. */
export const aliases: Readonly<Record<string, string>> = {
  azure_openai: 'azure',
  claude: 'anthropic',
  google: 'gemini',
  google_ai_studio: 'gemini',
  vertex_ai: 'vertex',
  google_vertex: 'vertex',
  amazon_bedrock: 'bedrock',
  aws_bedrock: 'bedrock',
  grok: 'xai',
  x_ai: 'xai',
  deep_seek: 'deepseek',
  mistralai: 'mistral',
  mistral_ai: 'mistral',
  open_router: 'openrouter',
  together_ai: 'together',
  togetherai: 'together',
  fireworks_ai: 'fireworks',
  kimi: 'moonshot',
  moonshotai: 'moonshot',
  moonshot_ai: 'moonshot',
  z_ai: 'zai',
  qwen: 'alibaba',
  dashscope: 'alibaba',
  llama_cpp: 'llamacpp',
  llama_server: 'llamacpp',
  lm_studio: 'lmstudio',
  samba_nova: 'sambanova',
  nim: 'nvidia',
  nvidia_nim: 'nvidia',
  hugging_face: 'huggingface',
  hf: 'huggingface',
  snowflake_cortex: 'snowflake',
  custom: 'openai_compatible',
}

/** The provider of a configured `type`, by its own name or an alias; case and `-` or `_` make no difference. */
export function findProvider(type: string): Provider | undefined {
  const name = type.trim().toLowerCase().replaceAll('-', '_')
  const wanted = Object.hasOwn(aliases, name) ? aliases[name] : name
  return providers.find(provider => provider.type === wanted)
}
