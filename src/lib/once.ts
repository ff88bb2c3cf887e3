// Work that is done when its result is first needed, and not again.

/** The same result for every call; made with the first. */
export function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | null = null
  return () => {
    made ??= { result: make() }
    return made.result
  }
}
