import { expect, test } from 'vitest'
import { formatProblem } from './describe.ts'

test('a problem in the file is told with its place, path and message', () => {
  const problem = {
    file: 'config.yaml',
    line: 12,
    column: 5,
    path: 'providers[0].priorty',
    message: 'unknown key, did you mean `priority`?',
  }
  expect(formatProblem(problem)).toBe(
    'config.yaml:12:5 providers[0].priorty: unknown key, did you mean `priority`?',
  )
})

test('a problem in the environment is told with the name of the variable', () => {
  const problem = { file: 'environment', line: null, column: null, path: 'PORT', message: 'must be a number' }
  expect(formatProblem(problem)).toBe('environment PORT: must be a number')
})

test('a problem with the file as a whole has neither place nor path', () => {
  const problem = { file: 'config.yaml', line: null, column: null, path: '', message: 'cannot be read' }
  expect(formatProblem(problem)).toBe('config.yaml: cannot be read')
})
