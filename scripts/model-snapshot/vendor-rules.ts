// What vendors say of all their models, or of those whose names fit, on one page of their documentation. A rule fills
// in what no source says of a model; it never contradicts one.

import type { Modality, ModelKind } from '../../src/model-facts.ts'
import { type Facts, fillIn, type Records, sortModalities } from './said.ts'

interface VendorRule {
  /** Where the vendor says it. */
  readonly link: string
  /**
   * The page could not be read, or not for each of these models, when the rule was last looked at. The others were read, or
   * recorded answers of the provider show what they say.
   */
  readonly unverified?: boolean
  readonly providers: readonly string[]
  /** Kinds of model that it speaks of; chat where left out. */
  readonly kinds?: readonly ModelKind[]
  readonly match?: RegExp
  readonly except?: RegExp
  /** Only of those that take this. */
  readonly takes?: Modality
  readonly facts: Facts
}

const dated = /^gpt-4o-2024-05-13$|^chatgpt-|^gpt-4(?:-|$)(?!o)|^gpt-3\.5/

export const vendorRules: readonly VendorRule[] = [
  {
    link: 'https://developers.openai.com/api/docs/guides/streaming-responses',
    unverified: true,
    providers: ['openai', 'azure'],
    // The largest are asked in the background.
    except: /-pro(?:-|$)|deep-research/,
    facts: { streaming: true },
  },
  {
    link: 'https://platform.claude.com/docs/en/build-with-claude/streaming',
    providers: ['anthropic'],
    facts: { streaming: true },
  },
  {
    link: 'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html',
    providers: ['bedrock'],
    match: /anthropic\.|amazon\.nova|meta\.llama|mistral\.|openai\.|deepseek\.|qwen\./,
    facts: { streaming: true },
  },
  {
    link: 'https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent',
    providers: ['gemini', 'vertex'],
    match: /^(?:gemini|gemma|claude)/,
    facts: { streaming: true },
  },
  {
    link: 'https://docs.x.ai/docs/guides/streaming-response',
    providers: ['xai'],
    facts: { streaming: true },
  },
  { link: 'https://console.groq.com/docs/text-chat', providers: ['groq'], facts: { streaming: true } },
  { link: 'https://api-docs.deepseek.com', providers: ['deepseek'], facts: { streaming: true } },
  { link: 'https://docs.mistral.ai/api/', providers: ['mistral'], facts: { streaming: true } },
  { link: 'https://docs.cohere.com/docs/streaming', providers: ['cohere'], facts: { streaming: true } },
  {
    link: 'https://openrouter.ai/docs/api-reference/streaming',
    providers: ['openrouter'],
    facts: { streaming: true },
  },
  {
    link: 'https://docs.together.ai/docs/chat-overview',
    unverified: true,
    providers: ['together'],
    facts: { streaming: true },
  },
  {
    link: 'https://docs.fireworks.ai/guides/querying-text-models',
    unverified: true,
    providers: ['fireworks'],
    facts: { streaming: true },
  },
  {
    link: 'https://docs.perplexity.ai/guides/streaming-responses',
    unverified: true,
    providers: ['perplexity'],
    facts: { streaming: true },
  },
  {
    link: 'https://inference-docs.cerebras.ai/capabilities/streaming',
    providers: ['cerebras'],
    facts: { streaming: true },
  },
  { link: 'https://platform.moonshot.ai/docs/api/chat', providers: ['moonshot'], facts: { streaming: true } },
  { link: 'https://docs.z.ai/guides/capabilities/streaming', providers: ['zai'], facts: { streaming: true } },
  {
    link: 'https://www.alibabacloud.com/help/en/model-studio/stream',
    providers: ['alibaba'],
    facts: { streaming: true },
  },
  {
    link: 'https://docs.sambanova.ai/docs/en/api-reference/overview',
    unverified: true,
    providers: ['sambanova'],
    facts: { streaming: true },
  },
  {
    link: 'https://docs.api.nvidia.com/nim/reference/llm-apis',
    unverified: true,
    providers: ['nvidia'],
    facts: { streaming: true },
  },
  {
    link: 'https://huggingface.co/docs/inference-providers/tasks/chat-completion',
    providers: ['huggingface'],
    facts: { streaming: true },
  },
  {
    link: 'https://openai.com/index/new-models-and-developer-products-announced-at-devday/',
    unverified: true,
    providers: ['openai', 'azure'],
    match: /^gpt-(?:3\.5-turbo|4|4-turbo)-(?:1106|0125)(?:-preview)?$|^gpt-4-turbo-preview$/,
    facts: { tools: true },
  },
  {
    link: 'https://docs.x.ai/docs/guides/function-calling',
    unverified: true,
    providers: ['xai'],
    match: /^grok-4-(?:1-)?fast/,
    facts: { tools: true },
  },
  {
    link: 'https://docs.mistral.ai/capabilities/function_calling/',
    unverified: true,
    providers: ['mistral'],
    match: /^(?:mistral-large|pixtral-large|ministral-8b)-241[01]$/,
    facts: { tools: true },
  },
  {
    link: 'https://ai.google.dev/gemini-api/docs/function-calling',
    unverified: true,
    providers: ['gemini', 'vertex'],
    match: /^gemini-2\.5-flash-preview-09-2025$/,
    facts: { tools: true },
  },
  {
    link: 'https://developers.openai.com/api/docs/guides/function-calling#parallel-function-calling',
    unverified: true,
    providers: ['openai', 'azure'],
    match: /^gpt-(?:3\.5-turbo|4|5|6)/,
    // Before November 2023 there was one function at a time.
    except: /^gpt-4$|^gpt-(?:4|3\.5-turbo)-(?:0301|0314|0613|16k|32k)|instruct|audio|search|vision/,
    facts: { parallelTools: true },
  },
  {
    link: 'https://developers.openai.com/api/docs/guides/function-calling#parallel-function-calling',
    unverified: true,
    providers: ['openai', 'azure'],
    match: /^o[134](?:-|$)/,
    facts: { parallelTools: false },
  },
  {
    link: 'https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview',
    unverified: true,
    providers: ['anthropic'],
    match: /^claude-(?:3|opus|sonnet|haiku|fable)/,
    facts: { parallelTools: true },
  },
  {
    link: 'https://ai.google.dev/gemini-api/docs/function-calling#parallel_function_calling',
    unverified: true,
    providers: ['gemini', 'vertex'],
    match: /^gemini-(?:2|3|4|flash|pro)/,
    except: /image|tts|live|embedding/,
    facts: { parallelTools: true },
  },
  {
    link: 'https://docs.mistral.ai/capabilities/function_calling/',
    unverified: true,
    providers: ['mistral'],
    match:
      /^(?:mistral-(?:large|medium|small)|magistral|devstral|codestral-2508|ministral|voxtral-small|pixtral)/,
    facts: { parallelTools: true },
  },
  {
    link: 'https://docs.x.ai/docs/guides/function-calling#parallel-function-calling',
    unverified: true,
    providers: ['xai'],
    match: /^grok-[34]/,
    // It calls the tools of the vendor alone.
    except: /multi-agent/,
    facts: { parallelTools: true },
  },
  {
    link: 'https://console.groq.com/docs/tool-use',
    unverified: true,
    providers: ['groq'],
    match: /^(?:llama-3\.[13]-|meta-llama\/llama-4|qwen\/qwen3-32b|moonshotai\/kimi-k2)/,
    facts: { parallelTools: true },
  },
  {
    link: 'https://console.groq.com/docs/tool-use',
    unverified: true,
    providers: ['groq'],
    match: /^openai\/gpt-oss/,
    facts: { parallelTools: false },
  },
  {
    link: 'https://developers.openai.com/api/docs/guides/structured-outputs',
    unverified: true,
    providers: ['openai', 'azure'],
    match: /^(?:gpt-(?:4o|4\.[15]|5|6)|o[134](?:-|$))/,
    except: /2024-05-13|^o1-(?:mini|preview)|audio|realtime|transcribe|tts|image/,
    facts: { jsonSchema: true },
  },
  {
    link: 'https://developers.openai.com/api/docs/guides/structured-outputs',
    unverified: true,
    providers: ['openai', 'azure'],
    match: dated,
    facts: { jsonSchema: false },
  },
  {
    link: 'https://platform.claude.com/docs/en/build-with-claude/structured-outputs',
    providers: ['anthropic'],
    match: /^claude-(?:opus-4-[1-9]|(?:sonnet|haiku)-4-[5-9]|(?:opus|sonnet|haiku|fable)-[5-9])/,
    facts: { jsonSchema: true },
  },
  {
    link: 'https://platform.claude.com/docs/en/build-with-claude/structured-outputs',
    providers: ['anthropic'],
    match: /^claude-(?:v?[123]|instant|(?:opus|sonnet)-4(?:-0|-2025\d{4})?$)/,
    facts: { jsonSchema: false },
  },
  {
    link: 'https://ai.google.dev/gemini-api/docs/structured-output',
    unverified: true,
    providers: ['gemini', 'vertex'],
    match: /^gemini-(?:1\.5|2|3|4|flash|pro)/,
    except: /image|tts|live|embedding|computer-use/,
    facts: { jsonSchema: true },
  },
  {
    link: 'https://docs.mistral.ai/capabilities/structured-output/custom_structured_output/',
    unverified: true,
    providers: ['mistral'],
    match: /^(?:mistral-(?:large|medium|small)|magistral|devstral|codestral|ministral|pixtral)/,
    facts: { jsonSchema: true },
  },
  {
    link: 'https://docs.x.ai/docs/guides/structured-outputs',
    unverified: true,
    providers: ['xai'],
    // The first grok-2 came before schemas did.
    match: /^grok-(?:[34]|2-(?:vision-)?1212)/,
    facts: { jsonSchema: true },
  },
  {
    link: 'https://docs.cohere.com/docs/structured-outputs',
    unverified: true,
    providers: ['cohere'],
    match: /^command-(?:a|r7b|r-(?:plus-)?08)/,
    facts: { jsonSchema: true },
  },
  {
    link: 'https://api-docs.deepseek.com/guides/json_mode',
    providers: ['deepseek'],
    facts: { jsonSchema: false },
  },
  {
    link: 'https://inference-docs.cerebras.ai/capabilities/structured-outputs',
    providers: ['cerebras'],
    facts: { jsonSchema: true },
  },
  {
    link: 'https://docs.perplexity.ai/guides/structured-outputs',
    unverified: true,
    providers: ['perplexity'],
    facts: { jsonSchema: true },
  },
  {
    link: 'https://docs.fireworks.ai/structured-responses/structured-response-formatting',
    unverified: true,
    providers: ['fireworks'],
    facts: { jsonSchema: true },
  },
  {
    link: 'https://console.groq.com/docs/structured-outputs',
    unverified: true,
    providers: ['groq'],
    match: /^(?:openai\/gpt-oss|meta-llama\/llama-4|moonshotai\/kimi-k2)/,
    facts: { jsonSchema: true },
  },
  {
    link: 'https://platform.openai.com/docs/guides/batch#model-availability',
    unverified: true,
    providers: ['openai'],
    kinds: ['chat', 'embedding'],
    match: /^(?:gpt-(?:3\.5-turbo|4|5|6)|o[134](?:-|$)|text-embedding)/,
    except: /codex|search|audio|realtime|chat-latest|computer-use|instruct|cyber|transcribe|tts/,
    facts: { batch: true },
  },
  {
    link: 'https://platform.claude.com/docs/en/build-with-claude/batch-processing#supported-models',
    unverified: true,
    providers: ['anthropic'],
    match: /^claude-(?:3|opus|sonnet|haiku|fable)/,
    facts: { batch: true },
  },
  {
    link: 'https://ai.google.dev/gemini-api/docs/batch-api',
    unverified: true,
    providers: ['gemini'],
    kinds: ['chat', 'embedding'],
    match: /^gemini-(?:2\.5|3|embedding)/,
    except: /live|tts|computer-use|robotics|customtools/,
    facts: { batch: true },
  },
  {
    link: 'https://docs.mistral.ai/capabilities/batch/',
    unverified: true,
    providers: ['mistral'],
    kinds: ['chat', 'embedding', 'moderation'],
    match: /^(?:mistral|ministral|codestral|magistral|devstral|pixtral|open-)/,
    facts: { batch: true },
  },
  {
    link: 'https://console.groq.com/docs/batch',
    unverified: true,
    providers: ['groq'],
    match: /^(?:openai\/gpt-oss|llama-3\.|meta-llama\/llama-4)/,
    facts: { batch: true },
  },
  {
    link: 'https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai',
    unverified: true,
    providers: ['vertex'],
    match: /^claude-(?:opus|sonnet|haiku|fable)/,
    facts: { tools: true, parallelTools: true, promptCaching: true },
  },
  {
    link: 'https://developers.openai.com/api/docs/guides/file-inputs',
    unverified: true,
    providers: ['openai'],
    match: /^(?:gpt-(?:4o|4\.1|5|6)|o[134](?:-|$))/,
    except: /2024-05-13|audio|search|codex|image/,
    takes: 'image',
    facts: { input: ['text', 'image', 'pdf'] },
  },
  {
    link: 'https://ai.google.dev/gemini-api/docs/models',
    unverified: true,
    providers: ['gemini', 'vertex'],
    match: /^gemini-(?:2\.[05]|3(?:\.\d)?)-(?:pro|flash)(?:-lite)?(?:-preview[\d-]*)?$/,
    facts: { input: ['text', 'image', 'pdf', 'audio', 'video'] },
  },
  {
    link: 'https://platform.claude.com/docs/en/build-with-claude/pdf-support',
    unverified: true,
    providers: ['anthropic'],
    match: /^claude-(?:3-[57]|opus|sonnet|haiku|fable)/,
    facts: { input: ['text', 'image', 'pdf'] },
  },
]

/** Fills in what the rules say, the first that fits first. What goes in is added to what is known. */
export function applyVendorRules(records: Records): void {
  for (const rule of vendorRules)
    for (const provider of rule.providers) applyRule(rule, records.get(provider))
}

function applyRule(rule: VendorRule, models: Map<string, Facts> | undefined): void {
  for (const [id, facts] of models ?? [])
    if (speaksOf(rule, id, facts)) models?.set(id, merge(facts, rule.facts))
}

function speaksOf(
  { kinds = ['chat'], match, except, takes, facts: rule }: VendorRule,
  id: string,
  facts: Facts,
): boolean {
  const { kind } = facts
  return (
    kind !== undefined &&
    kinds.includes(kind) &&
    (takes === undefined || facts.input?.includes(takes) === true) &&
    (facts.tools !== false || rule.parallelTools === undefined) &&
    (match === undefined || match.test(id)) &&
    except?.test(id) !== true
  )
}

function merge(facts: Facts, rule: Facts): Facts {
  const input = rule.input === undefined ? undefined : sortModalities([...rule.input, ...(facts.input ?? [])])
  return { ...fillIn(facts, rule), ...(input !== undefined && { input }) }
}
