// The path of each format that a vendor speaks.

import type { Destination } from '../call.ts'

/** @throws Error for a format that has none: a mistake in the provider's data */
export function pathOf(
  paths: Readonly<Record<string, string>>,
  { format }: Pick<Destination, 'format'>,
): string {
  const path = paths[format]
  if (path === undefined) throw new Error(`no path is known for the format ${format}`)
  return path
}
