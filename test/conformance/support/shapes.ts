// Parts of requests, answers and streams that another gateway's tests accept or refuse. Each stands in the smallest whole
// that can hold it.

import { answerShapes } from './answer-shapes.ts'
import { at, type Json, listAt, objectAt, textAt } from './json.ts'
import { messageShapes } from './message-shapes.ts'
import { responseShapes } from './response-shapes.ts'
import { readSharedJson } from './shared.ts'

export interface Shape {
  /** The tests of the source, as a pattern of their names. */
  readonly functions: RegExp
  readonly format: string
  /** Where it stands. An event is checked by the decoder of a stream. */
  readonly side: 'request' | 'answer' | 'event'
  wrap(part: unknown): unknown
}

export interface ShapeCase {
  readonly id: string
  readonly format: string
  readonly side: Shape['side']
  readonly body: unknown
  readonly accepted: boolean
}

const shapes: readonly Shape[] = [...messageShapes, ...responseShapes, ...answerShapes]

export const shapeRows: readonly Json[] = listAt(
  { rows: readSharedJson('cases', 'request_schema_rows.json') },
  'rows',
)

/** What has to be read stands under one of these; where the source writes, under the others. */
const readFields = [
  'jsonStr',
  'jsonData',
  'data',
  'input',
  'in',
  'req',
  'original',
  'responseBody',
  'chunk',
  'sseStream',
  'uri',
]
const writtenFields = ['expect', 'expRes', 'want', 'expected', 'expJSON', 'out']

/** These show what they write beside what they write it from. */
const writing =
  /Marshal|^Test(ChatCompletionResponse|CompletionRe|CompletionLogprobs|URLCitation|Annotation|Usage|WebSearchOptions|.*TokensDetails)/

const refusals = ['expErr', 'expectErr', 'expectedErr', 'expectedError', 'err', 'wantErr', 'expError']

function isRefused(name: string, fields: Json): boolean {
  return (
    /_Error(Path)?s$/.test(name) ||
    refusals.some(word => fields[word] === true || textAt(fields, word) !== '')
  )
}

/** A value of its own language that is not set: the source refuses to write it, and there is no JSON of it. */
export function isUnwritten(row: Json): boolean {
  const name = textAt(row, 'func')
  return /Marshal/.test(name) && isRefused(name, objectAt(row, 'fields'))
}

export const shapeCases: readonly ShapeCase[] = shapeRows.flatMap((row, index) => {
  const name = textAt(row, 'func')
  const shape = shapes.find(({ functions }) => functions.test(name))
  if (shape === undefined || isUnwritten(row)) return []
  const fields = objectAt(row, 'fields')
  const places = writing.test(name) ? writtenFields : readFields
  const place = places.find(field => field in fields)
  if (place === undefined) return []
  const { format, side, wrap } = shape
  return {
    id: `${name} ${textAt(row, 'name')} (${index})`,
    format,
    side,
    body: wrap(at(fields, place)),
    accepted: !isRefused(name, fields),
  }
})
