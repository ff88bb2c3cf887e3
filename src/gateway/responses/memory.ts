// What the gateway asks of the store of responses.

/** One response with what was asked. */
export interface ResponseRecord {
  readonly tenant: string
  readonly id: string
  /** The response whose conversation this one goes on with; null where it began one. */
  readonly previousId: string | null
  /** `provider/model` of the target that alone can read what is encrypted in it; null where it was translated. */
  readonly boundTo: string | null
  /** That target keeps it under the same id. */
  readonly kept: boolean
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The `input` of the request, JSON as the client wrote it; `null` where there was none. */
  readonly input: string
  /** The response, JSON as the client got it. */
  readonly response: string
}

export interface ResponseKey {
  readonly tenant: string
  readonly id: string
}

export interface ResponseMemory {
  /** Never fails and never waits. @param itemIds the ids by which items of the response may be referred to */
  keep(response: { readonly record: ResponseRecord; readonly itemIds: readonly string[] }): void
  find(key: ResponseKey): Promise<ResponseRecord | null>
  /** The response that an item belongs to. */
  findByItem(key: ResponseKey): Promise<ResponseRecord | null>
  /** True where there was one. */
  remove(key: ResponseKey): Promise<boolean>
}
