// The operator's own files of prices and facts, which the configuration names: read, or refused with every mistake of
// both at once.

import { readFileSync } from 'node:fs'
import { type ModelOverrides, parseModelOverrides } from '../catalog/model-overrides.ts'
import { type PriceOverride, parsePriceOverrides } from '../catalog/price-overrides.ts'
import type { Configuration, Problem } from '../config/configuration.ts'

/** A configuration that names a file with mistakes: the problems are as good as those of the configuration itself. */
export class FilesInvalid extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('a file that the configuration names is not valid')
    this.problems = problems
  }
}

/** What the files say; nothing where there is none. */
export interface ModelFiles {
  readonly prices: readonly PriceOverride[]
  readonly details: ModelOverrides
}

type Named = Pick<Configuration, 'models'>

/** The files that a configuration names. */
export function namesOfModelFiles({ models: { pricesFile, detailsFile } }: Named): readonly string[] {
  return [pricesFile, detailsFile].filter(file => file !== null)
}

/** @throws FilesInvalid */
export function readModelFiles(configuration: Named): ModelFiles {
  const { prices, details, problems } = readBoth(configuration)
  if (problems.length > 0) throw new FilesInvalid(problems)
  return { prices, details }
}

/** For `check`. */
export function findFileProblems(configuration: Named): readonly Problem[] {
  return readBoth(configuration).problems
}

function readBoth({ models: { pricesFile, detailsFile } }: Named) {
  const priced = readWith(pricesFile, 'models.prices_file', parsePriceOverrides)
  const detailed = readWith(detailsFile, 'models.details_file', parseModelOverrides)
  return {
    prices: priced?.overrides ?? [],
    details: detailed?.overrides ?? new Map(),
    problems: [...(priced?.problems ?? []), ...(detailed?.problems ?? [])],
  }
}

interface Parsed<Overrides> {
  readonly overrides?: Overrides
  readonly problems: readonly Problem[]
}

/** @param field of the configuration, which names the file */
function readWith<Overrides>(
  file: string | null,
  field: string,
  parse: (text: string, file: string) => Parsed<Overrides>,
): Parsed<Overrides> | null {
  if (file === null) return null
  try {
    return parse(readFileSync(file, 'utf8'), file)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : (code ?? String(thrown))
    const message = `cannot be read: ${reason}`
    return { problems: [{ file, line: null, column: null, path: field, message }] }
  }
}
