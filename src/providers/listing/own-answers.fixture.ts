// What vendors answer whose lists have a shape of their own: made by hand after their documentation.

export const ownAnswers: Readonly<Record<string, unknown>> = {
  anthropic: {
    data: [
      {
        type: 'model',
        id: 'claude-opus-5-5',
        display_name: 'Claude Opus 5.5',
        created_at: '2026-08-01T00:00:00Z',
        lifecycle: 'deprecated',
        deprecated_at: '2026-11-01T00:00:00Z',
        retires_at: '2027-02-01T00:00:00Z',
        max_input_tokens: 1_000_000,
        max_tokens: 128_000,
        line: 'opus',
        capabilities: {
          batch: { supported: true },
          citations: { supported: true },
          effort: {
            supported: true,
            low: { supported: true },
            medium: { supported: true },
            high: { supported: true },
            max: { supported: false },
            xhigh: null,
          },
          image_input: { supported: true },
          pdf_input: { supported: false },
          structured_outputs: { supported: true },
          thinking: { supported: true, types: {} },
        },
      },
      {
        type: 'model',
        id: 'claude-opus-4-5-20251101',
        display_name: 'Claude Opus 4.5',
        created_at: '1970-01-01T00:00:00Z',
        capabilities: null,
        max_input_tokens: null,
        max_tokens: null,
      },
    ],
    has_more: true,
    first_id: 'claude-opus-5-5',
    last_id: 'claude-opus-4-5-20251101',
  },
  gemini: {
    models: [
      {
        name: 'models/gemini-3.5-flash',
        baseModelId: 'gemini-3.5-flash',
        version: '3.5',
        displayName: 'Gemini 3.5 Flash',
        description: 'Fast.',
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        supportedGenerationMethods: [
          'generateContent',
          'countTokens',
          'createCachedContent',
          'batchGenerateContent',
        ],
        temperature: 1,
        thinking: true,
      },
      {
        name: 'models/gemini-embedding-001',
        inputTokenLimit: 2048,
        outputTokenLimit: 1,
        supportedGenerationMethods: ['embedContent'],
      },
      { name: 'tunedModels/mine-1', supportedGenerationMethods: ['generateContent'] },
    ],
    nextPageToken: 'a/b==',
  },
  vertex: {
    publisherModels: [
      { name: 'publishers/google/models/gemini-3.5-flash', versionId: 'default', launchStage: 'GA' },
      { name: 'publishers/google/models/gemini-embedding-001', launchStage: 'GA' },
      { name: 'publishers/google/models/gemma3', launchStage: 'GA' },
    ],
    nextPageToken: 'next page',
  },
  bedrock: {
    modelSummaries: [
      {
        modelArn: 'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0',
        modelId: 'amazon.nova-lite-v1:0',
        modelName: 'Nova Lite',
        providerName: 'Amazon',
        inputModalities: ['TEXT', 'IMAGE', 'VIDEO'],
        outputModalities: ['TEXT'],
        responseStreamingSupported: true,
        customizationsSupported: [],
        inferenceTypesSupported: ['ON_DEMAND', 'INFERENCE_PROFILE'],
        modelLifecycle: { status: 'LEGACY' },
      },
      {
        modelArn: 'arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-opus-5-5-v1:0',
        modelId: 'anthropic.claude-opus-5-5-v1:0',
        modelName: 'Claude Opus 5.5',
        providerName: 'Anthropic',
        inputModalities: ['TEXT', 'IMAGE'],
        outputModalities: ['TEXT'],
        responseStreamingSupported: true,
        inferenceTypesSupported: ['INFERENCE_PROFILE'],
        modelLifecycle: { status: 'ACTIVE' },
      },
    ],
  },
  azure: {
    object: 'list',
    data: [
      {
        id: 'gpt-5.4-2026-03-05',
        object: 'model',
        status: 'succeeded',
        created_at: 1_772_668_800,
        capabilities: {
          fine_tune: false,
          inference: true,
          completion: false,
          chat_completion: true,
          embeddings: false,
        },
        lifecycle_status: 'generally-available',
        deprecation: { inference: 1_804_204_800 },
      },
      { id: 'base-only', capabilities: { inference: false, fine_tune: true } },
    ],
  },
  cohere: {
    models: [
      {
        name: 'command-a-vision-07-2025',
        is_deprecated: false,
        endpoints: ['chat'],
        finetuned: false,
        context_length: 128_000,
        tokenizer_url: 'https://storage.example/tokenizer.json',
        default_endpoints: [],
        features: ['vision', 'json_schema', 'safety_modes'],
      },
      { name: 'rerank-v3.5', endpoints: ['rerank'], context_length: 4096, features: null },
      { name: 'command', is_deprecated: true, endpoints: ['chat'], context_length: 4096 },
    ],
    next_page_token: 'tok',
  },
  ollama: {
    models: [
      {
        name: 'gemma3:4b',
        model: 'gemma3:4b',
        modified_at: '2026-01-02T03:04:05Z',
        size: 3_338_801_804,
        digest: 'a2af6cc3eb7f',
        details: { format: 'gguf', family: 'gemma3', parameter_size: '4.3B', quantization_level: 'Q4_K_M' },
      },
    ],
  },
  lmstudio: {
    models: [
      {
        type: 'llm',
        publisher: 'google',
        key: 'google/gemma-3-4b',
        display_name: 'Gemma 3 4B',
        architecture: 'gemma3',
        quantization: { name: 'Q4_0', bits_per_weight: 4 },
        loaded_instances: [{ id: 'google/gemma-3-4b', config: { context_length: 8192 } }],
        max_context_length: 131_072,
        format: 'gguf',
        capabilities: { vision: true, trained_for_tool_use: false },
      },
      { type: 'embedding', key: 'nomic-embed', loaded_instances: [], max_context_length: 2048 },
    ],
  },
}

/** Of an older LM Studio. */
export const olderLmStudio = {
  object: 'list',
  data: [
    {
      id: 'qwen2-vl-7b-instruct',
      object: 'model',
      type: 'vlm',
      publisher: 'mlx-community',
      arch: 'qwen2_vl',
      state: 'not-loaded',
      max_context_length: 32_768,
      capabilities: ['tool_use'],
    },
  ],
}

export const inferenceProfiles = {
  inferenceProfileSummaries: [
    {
      inferenceProfileName: 'EU Claude Opus 5.5',
      inferenceProfileId: 'eu.anthropic.claude-opus-5-5-v1:0',
      inferenceProfileArn:
        'arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude-opus-5-5-v1:0',
      models: [{ modelArn: 'arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-opus-5-5-v1:0' }],
      status: 'ACTIVE',
      type: 'SYSTEM_DEFINED',
    },
    {
      inferenceProfileName: 'of the shop',
      inferenceProfileId: 'ab12',
      inferenceProfileArn: 'arn:aws:bedrock:eu-central-1:1:application-inference-profile/ab12',
      models: [{ modelArn: 'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0' }],
      status: 'ACTIVE',
      type: 'APPLICATION',
    },
  ],
  nextToken: 'more+',
}

export const shownGemma = {
  license: 'Gemma Terms of Use',
  parameters: 'stop "<end_of_turn>"\nnum_ctx 16384\ntemperature 1',
  details: { family: 'gemma3' },
  model_info: { 'general.architecture': 'gemma3', 'gemma3.context_length': 131_072 },
  capabilities: ['completion', 'vision', 'tools'],
}
