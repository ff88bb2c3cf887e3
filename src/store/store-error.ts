// Why a data directory cannot be used. Met at start only, so it is none of the failures of a request.

export type StoreErrorReason = 'in_use' | 'newer_schema' | 'unusable'

export class StoreError extends Error {
  readonly reason: StoreErrorReason

  constructor(reason: StoreErrorReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'StoreError'
    this.reason = reason
  }
}
