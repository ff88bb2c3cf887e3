// YAML text to plain values, with the place of each of them, and all that is wrong with the text as such.

import { type Document, type ErrorCode, LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { Problem } from './configuration.ts'
import { type Place, readTree } from './document-tree.ts'
import { formatPath, type Path } from './paths.ts'
import type { Substitution } from './substitute.ts'

export interface ConfigurationDocument {
  /** Plain values. A key without a value is undefined, as if it were not written. */
  readonly value: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
  /** False where the text is no YAML: then nothing can be said of its contents. */
  readonly readable: boolean
  /** Whether the text at the path came out of a variable. */
  isSubstituted(path: Path): boolean
  /** A problem at the place of the key or value, or of the nearest thing around it. */
  problemAt(path: Path, message: string, part?: keyof Place): Problem
}

export interface DocumentSource {
  readonly file: string
  readonly text: string
  readonly substitute: (text: string) => Substitution
}

export function readDocument(source: DocumentSource): ConfigurationDocument {
  const lines = new LineCounter()
  const problem = (offset: number, path: Path, message: string): Problem => {
    const { line, col } = lines.linePos(offset)
    return {
      file: source.file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: formatPath(path),
      message,
    }
  }
  // Without pretty errors: those quote the lines of the file, secrets included.
  const parsed = parseDocument(source.text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const errors = [...parsed.errors, ...parsed.warnings]
  if (errors.length > 0) {
    const problems = errors.map(error => problem(error.pos[0], [], describeSyntaxError(error)))
    return { ...emptyDocument(source.file), problems, readable: false }
  }
  const tree = readTree(parsed as Document, source.substitute)
  return {
    value: tree.value,
    problems: tree.mistakes.map(({ offset, path, message }) => problem(offset, path, message)),
    readable: true,
    isSubstituted: path => tree.substituted.has(formatPath(path)),
    problemAt: (path, message, part = 'value') =>
      problem(nearestPlace(tree.places, path)[part], path, message),
  }
}

/** What stands for the file where there is none. */
export function emptyDocument(file: string): ConfigurationDocument {
  return {
    value: {},
    problems: [],
    readable: true,
    isSubstituted: () => false,
    problemAt: (path, message) => ({ file, line: null, column: null, path: formatPath(path), message }),
  }
}

function nearestPlace(places: ReadonlyMap<string, Place>, path: Path): Place {
  const place = places.get(formatPath(path))
  if (place !== undefined) return place
  if (path.length === 0) return { key: 0, value: 0 }
  const { value } = nearestPlace(places, path.slice(0, -1))
  return { key: value, value }
}

/** Own words where the parser's would repeat text of the file: it may be a secret in the wrong place. */
const syntaxErrors: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'holds several documents; one is expected',
  TAG_RESOLVE_FAILED: 'has a tag that is not known here',
  BAD_COLLECTION_TYPE: 'has a tag that does not fit its value',
  BAD_ALIAS: 'has an alias without an anchor of its name before it',
  BAD_DQ_ESCAPE: 'has an unknown escape sequence in a quoted text',
  BAD_DIRECTIVE: 'has an unknown directive',
}

function describeSyntaxError({ code, message }: YAMLError): string {
  const own = syntaxErrors[code]
  if (own !== undefined) return own
  // What was not expected follows a colon.
  return `is not valid YAML: ${code === 'UNEXPECTED_TOKEN' ? message.split(': ')[0] : message}`
}
