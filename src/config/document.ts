// YAML text to plain values, with the place of each of them, and all that is wrong with the text as such.

import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml'
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
    logLevel: 'silent',
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

/** The parser's own words hold no text of the file but names of tags and anchors; the position says the rest. */
function describeSyntaxError(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'holds several documents; one is expected'
  return `is not valid YAML: ${error.message}`
}
