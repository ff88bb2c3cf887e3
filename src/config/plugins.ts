// Which modules the configuration names: read before all else, because what they bring decides what is valid.

import { readFileSync } from 'node:fs'
import type { Problem } from './configuration.ts'
import { readDocument } from './document.ts'
import { createEnvironment } from './environment.ts'
import { folderOf, type LoadOptions } from './load.ts'
import { modulePath } from './sections/fields.ts'
import { substitute } from './substitute.ts'

export interface NamedPlugins {
  /** Absolute: paths are relative to it. */
  readonly folder: string
  readonly paths: ReadonlyArray<{ readonly path: string; problem(message: string): Problem }>
}

/** What is not valid is left out: the whole configuration is checked later, and says so. */
export function findPlugins({
  file,
  environment,
  readFile = path => readFileSync(path, 'utf8'),
}: Pick<LoadOptions, 'file' | 'environment' | 'readFile'>): NamedPlugins {
  const folder = folderOf(file)
  if (file === null) return { folder, paths: [] }
  const variables = createEnvironment(environment)
  let text: string
  try {
    text = readFile(file)
  } catch {
    return { folder, paths: [] }
  }
  const document = readDocument({
    file,
    text,
    substitute: value => substitute(value, name => variables.text(name)),
  })
  const written: unknown = document.readable ? document.value['plugins'] : undefined
  const paths = (Array.isArray(written) ? written : []).flatMap((path: unknown, index) => {
    const { success, data } = modulePath.safeParse(path)
    const problem = (message: string): Problem => document.problemAt(['plugins', index], message)
    return success ? [{ path: data, problem }] : []
  })
  return { folder, paths }
}
