// Reads one number out of the metrics document by a path of an alert rule, `providers.openai.error_rate`.

/**
 * The number at the path; null where there is none. A name may itself hold dots (`providers.azure.eu.error_rate`):
 * at every step the longest name that leads to a number wins.
 */
export function readMetric(document: unknown, path: string): number | null {
  if (path === '') return typeof document === 'number' ? document : null
  if (typeof document !== 'object' || document === null) return null
  const parts = path.split('.')
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('.')
    if (!Object.hasOwn(document, name)) continue
    const found = readMetric(Reflect.get(document, name), parts.slice(length).join('.'))
    if (found !== null) return found
  }
  return null
}
