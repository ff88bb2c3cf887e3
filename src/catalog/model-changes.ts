// What can change in the catalogue, as told by events and by `GET /api/models/changes`.

export type ModelChangeKind = 'added' | 'removed' | 'changed' | 'price_changed' | 'deprecated' | 'retired'

export interface ModelChange {
  /** Ascending by one with each change; the cursor of those who ask what is new. */
  readonly sequence: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly kind: ModelChangeKind
  /** The configured name of the provider. */
  readonly provider: string
  /** As the provider names it. */
  readonly model: string
  /** Names of the facts that changed, with what they were and are; empty for `added` and `removed`. */
  readonly facts: readonly FactChange[]
  /** `provider/model` that could stand in: the same abilities, the nearest price. Null where there is none. */
  readonly replacement: string | null
}

export interface FactChange {
  readonly name: string
  readonly before: unknown
  readonly after: unknown
}
