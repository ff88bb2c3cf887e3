// A language model of the AI SDK, as far as it is used here: versions 2 to 4 of its specification, which differ in the
// shapes of files, of usage and of reasons to finish. https://github.com/vercel/ai/tree/main/packages/provider

export type Version = 'v2' | 'v3' | 'v4'

/** A piece of a prompt, of an answer or of a stream: `type` tells which. */
export interface SdkPart {
  readonly type: string
  readonly [field: string]: unknown
}

export interface SdkModel {
  readonly specificationVersion: Version
  /** Media type (`image/*`) -> addresses that the model fetches itself. */
  readonly supportedUrls?: UrlPatterns | PromiseLike<UrlPatterns>
  doGenerate(options: SdkCall): PromiseLike<SdkResult>
  doStream(options: SdkCall): PromiseLike<{ readonly stream: ReadableStream<SdkPart> }>
}

export type UrlPatterns = Readonly<Record<string, readonly RegExp[]>>

export interface SdkCall {
  readonly prompt: readonly SdkMessage[]
  readonly abortSignal?: AbortSignal
  readonly [option: string]: unknown
}

export interface SdkMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string | readonly SdkPart[]
  readonly providerOptions?: Metadata
}

/** What a reader of a stream gives at a time. */
export type ReadPart = Awaited<ReturnType<ReadableStreamDefaultReader<SdkPart>['read']>>

/** By the name of the vendor. */
export type Metadata = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface SdkResult {
  readonly content: readonly SdkPart[]
  readonly finishReason: unknown
  readonly usage: unknown
  readonly warnings?: readonly SdkPart[]
  readonly response?: { readonly id?: string; readonly modelId?: string; readonly timestamp?: Date }
}

/** Makes the models of one account. */
export interface SdkProvider {
  languageModel(modelId: string): SdkModel
}
