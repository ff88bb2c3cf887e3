// Loads the configuration from the file and the environment: all of it, checked, or every problem at once.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { checkFile } from './check-file.ts'
import type { Configuration, Problem } from './configuration.ts'
import { emptyDocument, readDocument } from './document.ts'
import { createEnvironment } from './environment.ts'
import { deepFreeze } from './freeze.ts'
import { allKinds, type ProviderKind } from './provider-kinds.ts'
import { resolveConfiguration } from './resolve.ts'
import { substitute } from './substitute.ts'

export type { ProviderKind } from './provider-kinds.ts'

export type Variables = Readonly<Record<string, string | undefined>>

export interface LoadOptions {
  /** null: no file; the environment and the defaults alone. */
  readonly file: string | null
  readonly environment: Variables
  /** The types of provider, in the order in which they are asked where the file names none. */
  readonly knownProviders: readonly ProviderKind[]
  /** `app.version` where the file gives none. */
  readonly programVersion?: string
  readonly readFile?: (path: string) => string
}

export type LoadResult =
  | {
      readonly ok: true
      /** Frozen throughout. */
      readonly configuration: Configuration
      /** What works, but not as its author may think; for the log at start. */
      readonly notices: readonly string[]
      /** Whether the file wants to be watched: `server.reload`. */
      readonly reload: boolean
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function loadConfiguration(options: LoadOptions): LoadResult {
  const source = readSource(options)
  if (typeof source !== 'string') return { ok: false, problems: [source] }
  const environment = createEnvironment(options.environment)
  const kinds = allKinds(options.knownProviders)
  const document =
    options.file === null
      ? emptyDocument('configuration')
      : readDocument({
          file: options.file,
          text: source,
          substitute: text => substitute(text, name => environment.text(name)),
        })
  if (!document.readable) return { ok: false, problems: document.problems }

  const checked = checkFile(document, [...kinds.keys()])
  const resolved = resolveConfiguration({
    file: checked.file,
    document,
    environment,
    kinds,
    programVersion: options.programVersion ?? 'unknown',
  })
  const problems = inOrder([...checked.problems, ...resolved.problems])
  if (problems.length > 0) return { ok: false, problems }
  const version = hashOf([source, environment.seen()])
  return {
    ok: true,
    configuration: deepFreeze({ version, folder: folderOf(options.file), ...resolved.configuration }),
    notices: resolved.notices,
    reload: checked.file.server.reload,
  }
}

/**
 * The variables of the process, and below them those of a `.env` file in the working folder, if there is one.
 * Throws where that file is there but cannot be read.
 */
export function readEnvironment(folder: string = process.cwd()): Variables {
  const file = join(folder, '.env')
  return existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...process.env } : { ...process.env }
}

/** The file to load: as named on the command line, else by LLM_PROXY_CONFIG, else `config.yaml` if there is one. */
export function findConfigurationFile(named: string | undefined, environment: Variables): string | null {
  const wanted = named ?? (environment['LLM_PROXY_CONFIG'] || undefined)
  return wanted ?? (existsSync('config.yaml') ? 'config.yaml' : null)
}

export function folderOf(file: string | null): string {
  return file === null ? process.cwd() : dirname(resolve(file))
}

/** The text of the file, or why there is none. */
function readSource({ file, readFile = path => readFileSync(path, 'utf8') }: LoadOptions): string | Problem {
  if (file === null) return ''
  try {
    return readFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown reason')
    return { file, line: null, column: null, path: '', message: `cannot be read: ${reason}` }
  }
}

/** Those of the file from top to bottom, then those of the environment. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const rank = ({ line, column }: Problem) => (line === null ? Number.MAX_VALUE : line * 1e6 + (column ?? 0))
  return problems.toSorted((left, right) => rank(left) - rank(right))
}

/** First 12 hexadecimal digits of the hash: enough to tell versions apart, too little to find a secret. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)
}
