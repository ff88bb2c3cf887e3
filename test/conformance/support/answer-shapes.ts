// Parts of answers, and events of streams.

import type { Json } from './json.ts'
import { readServerSentEvents } from './server-sent-events.ts'
import type { Shape } from './shapes.ts'

function answerShape(functions: RegExp, format: string, wrap: Shape['wrap']): Shape {
  return { functions, format, side: 'answer', wrap }
}

function eventShape(functions: RegExp, format: string, wrap: Shape['wrap']): Shape {
  return { functions, format, side: 'event', wrap }
}

const completed = (fields: Json): Json => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_800_000_000,
  status: 'completed',
  model: 'a-model',
  output: [],
  ...fields,
})
const output = (item: unknown): Json => completed({ output: [item] })

const chatAnswer = (fields: Json): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_800_000_000,
  model: 'a-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  ...fields,
})
const chatMessage = (fields: Json): Json => {
  const message = { role: 'assistant', content: 'Hello', ...fields }
  return chatAnswer({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const counts = { prompt_tokens: 500, completion_tokens: 900, total_tokens: 1400 }

const chunk = (choice: unknown): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_800_000_000,
  model: 'a-model',
  choices: [choice],
})

const textAnswer = (fields: Json): Json => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1_800_000_000,
  model: 'a-model',
  choices: [{ index: 0, text: 'Hello', finish_reason: 'stop', ...fields }],
})

const vectors = (embedding: unknown): Json => ({
  object: 'list',
  model: 'a-model',
  data: [{ object: 'embedding', index: 0, embedding }],
})

const claude = (content: unknown): Json => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'a-model',
  content: [content],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
})

/** The events of a text with frames. */
function framed(text: unknown): unknown {
  return readServerSentEvents(Buffer.from(String(text)))
}

function added(type: string): Shape['wrap'] {
  return part => ({ type, item_id: 'msg_1', output_index: 0, content_index: 0, sequence_number: 1, part })
}

export const answerShapes: readonly Shape[] = [
  answerShape(/^TestResponseOutputItemUnion(Unm|M)arshal/, 'openai-responses', output),
  answerShape(/^TestResponseInstructionsUnion(Unm|M)arshal/, 'openai-responses', instructions =>
    completed({ instructions }),
  ),
  answerShape(
    /^TestResponseFunctionShellToolCallOutputOutputOutcomeUnion(Unm|M)arshal/,
    'openai-responses',
    outcome =>
      output({
        type: 'shell_call_output',
        id: 'sho_1',
        call_id: 'call_1',
        output: [{ stdout: 'a', stderr: '', outcome }],
      }),
  ),
  answerShape(/^TestResponseApplyPatchToolCallOperationUnion(Unm|M)arshal/, 'openai-responses', operation =>
    output({ type: 'apply_patch_call', id: 'ap_1', call_id: 'call_1', status: 'completed', operation }),
  ),
  answerShape(/^TestResponseCodeInterpreterToolCallOutputUnion(Unm|M)arshal/, 'openai-responses', one =>
    output({ type: 'code_interpreter_call', id: 'ci_1', status: 'completed', code: '1', outputs: [one] }),
  ),
  eventShape(/^TestResponseStreamEventUnion/, 'openai-responses', part => part),
  eventShape(
    /^TestResponseContentPartAddedEventPartUnion/,
    'openai-responses',
    added('response.content_part.added'),
  ),
  eventShape(
    /^TestResponseContentPartDoneEventPartUnion/,
    'openai-responses',
    added('response.content_part.done'),
  ),
  answerShape(/^TestChatCompletionResponse$/, 'openai-chat', part => part),
  answerShape(/^TestURLCitation/, 'openai-chat', citation =>
    chatMessage({ annotations: [{ type: 'url_citation', url_citation: citation }] }),
  ),
  answerShape(/^TestAnnotation/, 'openai-chat', annotation => chatMessage({ annotations: [annotation] })),
  answerShape(/^TestChatCompletionResponseChoiceMessageAudio/, 'openai-chat', audio =>
    chatMessage({ content: null, audio }),
  ),
  answerShape(/^TestChatCompletionResponseUsage|^TestUsage$/, 'openai-chat', usage => chatAnswer({ usage })),
  answerShape(/^TestCompletionTokensDetails/, 'openai-chat', details =>
    chatAnswer({ usage: { ...counts, completion_tokens_details: details } }),
  ),
  answerShape(/^TestPromptTokensDetails/, 'openai-chat', details =>
    chatAnswer({ usage: { ...counts, prompt_tokens_details: details } }),
  ),
  eventShape(/^TestChatCompletionResponseChunkChoice/, 'openai-chat', chunk),
  eventShape(/^TestChatCompletionResponseChunk$/, 'openai-chat', part => part),
  eventShape(/^TestStreamReasoningContent_UnmarshalJSON/, 'openai-chat', part =>
    chunk({ index: 0, delta: { reasoning_content: part } }),
  ),
  answerShape(/^TestCompletionResponse$/, 'openai-completions', part => part),
  answerShape(/^TestCompletionLogprobs/, 'openai-completions', logprobs => textAnswer({ logprobs })),
  answerShape(/^TestOpenAIToOpenAITranslatorV1CompletionResponseBody/, 'openai-completions', part => part),
  answerShape(/^TestEmbeddingUnion(Unm|M)arshal/, 'openai-embeddings', vectors),
  answerShape(
    /^TestOpenAITo(AzureOpenAI|OpenAI)TranslatorV1EmbeddingResponseBody/,
    'openai-embeddings',
    part => part,
  ),
  answerShape(/^TestMessagesContentBlock_UnmarshalJSON/, 'anthropic-messages', claude),
  eventShape(/^TestMessageContent_MessagesStreamChunk/, 'anthropic-messages', part => part),
  eventShape(/^TestMessagesStreamChunk_UnmarshalJSON_ErrorPaths/, 'anthropic-messages', part => part),
  eventShape(/^TestAnthropicToGCPAnthropicTranslator_ResponseBody_Streaming/, 'anthropic-messages', framed),
  eventShape(/^TestAWSAnthropicStreamParser_ErrorHandling/, 'anthropic-messages', framed),
]
