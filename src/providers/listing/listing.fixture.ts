// What vendors answer when they are asked for their models: made by hand, each in the shape of its documentation.

import { ownAnswers } from './own-answers.fixture.ts'

const compatibleAnswers: Readonly<Record<string, unknown>> = {
  openai: {
    object: 'list',
    data: [
      { id: 'gpt-6-sol', object: 'model', created: 1_780_000_000, owned_by: 'system' },
      { id: 'text-embedding-3-small', object: 'model', created: 1_705_948_997, owned_by: 'system' },
    ],
  },
  vllm: {
    object: 'list',
    data: [
      {
        id: 'qwen3-32b',
        object: 'model',
        created: 1_790_000_000,
        owned_by: 'vllm',
        root: 'Qwen/Qwen3-32B',
        parent: null,
        max_model_len: 40_960,
      },
    ],
  },
  openai_compatible: {
    object: 'list',
    models: [{ name: 'llama.gguf' }],
    data: [
      {
        id: 'llama.gguf',
        object: 'model',
        created: 1_790_000_000,
        owned_by: 'llamacpp',
        meta: { vocab_type: 2, n_vocab: 128_256, n_ctx_train: 131_072, n_embd: 4096 },
      },
    ],
  },
  groq: {
    object: 'list',
    data: [
      {
        id: 'openai/gpt-oss-120b',
        object: 'model',
        created: 1_754_408_224,
        owned_by: 'OpenAI',
        active: true,
        context_window: 131_072,
        public_apps: null,
        max_completion_tokens: 65_536,
      },
      { id: 'gone', object: 'model', created: 1, owned_by: 'Meta', active: false, context_window: 8192 },
    ],
  },
  openrouter: {
    data: [
      {
        id: 'anthropic/claude-opus-5.5',
        canonical_slug: 'anthropic/claude-opus-5.5-20260801',
        name: 'Anthropic: Claude Opus 5.5',
        created: 1_785_542_400,
        description: 'A model.',
        context_length: 1_000_000,
        architecture: {
          modality: 'text+image+file->text',
          input_modalities: ['text', 'image', 'file'],
          output_modalities: ['text'],
          tokenizer: 'Claude',
          instruct_type: null,
        },
        pricing: {
          prompt: '0.000005',
          completion: '0.000025',
          request: '0',
          image: '0',
          web_search: '0.01',
          internal_reasoning: '0',
          input_cache_read: '0.0000005',
          input_cache_write: '0.00000625',
        },
        top_provider: { context_length: 1_000_000, max_completion_tokens: 128_000, is_moderated: true },
        per_request_limits: null,
        supported_parameters: ['max_tokens', 'reasoning', 'tools', 'tool_choice', 'structured_outputs'],
        reasoning: { default_effort: 'medium', supported_efforts: ['high', 'medium', 'low'] },
        knowledge_cutoff: '2026-03-31',
        expiration_date: '2027-08-01',
      },
      {
        id: 'openrouter/auto',
        name: 'Auto',
        pricing: { prompt: '-1', completion: '-1' },
        context_length: 2_000_000,
      },
    ],
    links: { next: 'https://elsewhere.example/api/v1/models?offset=500&limit=500' },
    total_count: 900,
  },
  together: [
    {
      id: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      object: 'model',
      created: 0,
      type: 'chat',
      running: false,
      display_name: 'Meta Llama 3.3 70B Instruct Turbo',
      organization: 'Meta',
      link: 'https://huggingface.co/meta-llama/Llama-3.3-70B-Instruct',
      license: 'Llama-3.3 (Other)',
      context_length: 131_072,
      config: { chat_template: 'x', stop: ['<|eot_id|>'] },
      pricing: { hourly: 0, input: 0.88, output: 0.88, base: 0, finetune: 0 },
    },
    {
      id: 'rent/me',
      type: 'rerank',
      context_length: 8192,
      pricing: { hourly: 0, input: 0, output: 0, base: 0, finetune: 0 },
    },
  ],
  fireworks: {
    object: 'list',
    data: [
      {
        id: 'accounts/fireworks/models/kimi-k3',
        object: 'model',
        owned_by: 'fireworks',
        created: 1_780_000_000,
        kind: 'HF_BASE_MODEL',
        supports_chat: true,
        supports_image_input: true,
        supports_tools: true,
        context_length: 1_048_576,
      },
    ],
  },
  mistral: {
    object: 'list',
    data: [
      {
        id: 'mistral-large-2512',
        object: 'model',
        created: 1_790_000_000,
        owned_by: 'mistralai',
        capabilities: {
          completion_chat: true,
          function_calling: true,
          reasoning: false,
          completion_fim: false,
          fine_tuning: false,
          vision: true,
          classification: false,
        },
        name: 'Mistral Large 3',
        description: 'Its large model.',
        max_context_length: 262_144,
        aliases: ['mistral-large-latest'],
        deprecation: '2027-02-27T12:00:00Z',
        deprecation_replacement_model: 'mistral-large-2712',
        default_model_temperature: 0.3,
        type: 'base',
      },
      { id: 'ft:old', type: 'fine-tuned', archived: true, capabilities: {} },
    ],
  },
  xai: {
    models: [
      {
        id: 'grok-4.5',
        fingerprint: 'fp_1',
        created: 1_770_000_000,
        object: 'model',
        owned_by: 'xai',
        version: '1.0.0',
        input_modalities: ['text', 'image'],
        output_modalities: ['text'],
        prompt_text_token_price: 30_000,
        cached_prompt_text_token_price: 7_500,
        prompt_image_token_price: 30_000,
        completion_text_token_price: 150_000,
        search_price: 250_000_000,
        aliases: ['grok-4.5-latest'],
      },
    ],
  },
  huggingface: {
    object: 'list',
    data: [
      {
        id: 'openai/gpt-oss-120b',
        object: 'model',
        created: 1_754_352_000,
        owned_by: 'openai',
        architecture: { input_modalities: ['text'], output_modalities: ['text'] },
        providers: [
          {
            provider: 'one',
            status: 'live',
            context_length: 131_072,
            pricing: { input: 0.15, output: 0.6 },
            supports_tools: true,
            supports_structured_output: false,
          },
          { provider: 'two', status: 'live', context_length: 65_536, supports_tools: false },
          { provider: 'three', status: 'error', context_length: 999_999 },
        ],
      },
      { id: 'nobody/serves-it', providers: [{ provider: 'one', status: 'error' }] },
    ],
  },
  moonshot: {
    object: 'list',
    data: [
      {
        id: 'kimi-k3',
        object: 'model',
        created: 1_780_000_000,
        owned_by: 'moonshot',
        context_length: 1_048_576,
        supports_image_in: true,
        supports_video_in: false,
        supports_reasoning: true,
      },
    ],
  },
  sambanova: {
    object: 'list',
    data: [
      {
        id: 'gpt-oss-120b',
        object: 'model',
        owned_by: 'no-reply@sambanova.ai',
        context_length: 131_072,
        max_completion_tokens: 131_072,
        pricing: { prompt: '0.00000022', completion: '0.00000059', duration_per_sec: '0' },
        sn_metadata: null,
      },
    ],
  },
  deepseek: { object: 'list', data: [{ id: 'deepseek-v4-pro', object: 'model', owned_by: 'deepseek' }] },
  heroku: [
    { model_id: 'claude-4-5-sonnet', regions: ['eu', 'us'], type: ['text-to-text'] },
    { model_id: 'cohere-embed-multilingual', regions: ['us'], type: ['text-to-embedding'] },
  ],
}

export const answers: Readonly<Record<string, unknown>> = { ...compatibleAnswers, ...ownAnswers }
