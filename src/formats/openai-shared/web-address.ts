// Addresses of sources on the web, as clients check them.

const unescaped = /[\s"<>\\^`{|}]|[^\0-\x7f]/

/** The address, escaped where a provider has not done so; null for what is none. */
export function webAddress(text: string | undefined): string | null {
  const address = text === undefined ? null : URL.parse(text)
  if (text === undefined || address === null) return null
  return unescaped.test(text) ? address.href : text
}
