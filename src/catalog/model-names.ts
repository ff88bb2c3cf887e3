// How the same model is named at different providers: with a region, a publisher, a version, or a dot for a hyphen.

const regionAndPublisher = /^(?:(?:us-gov|us|eu|apac|au|ca|in|jp|sa|uk|me|af|global)\.)?[a-z0-9]+\.(?=[a-z])/

/** The name without all that, in lower case, with one way to write numbers. */
export function bareName(id: string): string {
  const last = id.slice(id.lastIndexOf('/') + 1).toLowerCase()
  const own = last.replace(regionAndPublisher, '')
  const versioned = own === last ? own : own.replace(/(?:-v\d+)?(?::\d+(?::\w+)?)?$/, '')
  return versioned
    .replace(/^meta-(?=llama)/, '')
    .replace(/@(?=20\d)/, '-')
    .replace(/[:@].*$/, '')
    .replace(/(\d)[.p](?=\d)/g, '$1-')
}

/** Who made it, where the name says so: `publisher/model`, or `publisher.model` with or without a region. */
export function publisherOf(id: string): string | null {
  const lowered = id.toLowerCase()
  const parts = lowered.split('/')
  if (parts.length === 2) return parts[0]?.replace(/^~/, '') || null
  return parts.length === 1 ? (/^(?:[a-z-]+\.)?([a-z0-9]+)\.(?=[a-z])/.exec(lowered)?.[1] ?? null) : null
}

/** Vendors write a date as 20250929 or as 2025-09-29. */
export function withoutDate(name: string): string {
  return name.replace(/[-@]20\d\d-?[01]\d-?[0-3]\d$/, '')
}
