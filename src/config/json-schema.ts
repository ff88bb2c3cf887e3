// The JSON Schema of config.yaml for editors, out of the same schema that checks the file.

import { z } from 'zod'
import { configurationSchema } from './schema.ts'

/** How a text with a variable in it looks; such a text may stand for any single value. */
const variablePattern = '\\$\\{'

/** JSON Schema, draft 2020-12. */
export function configurationJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configurationSchema(null), {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => adapt(jsonSchema),
  })
  return {
    ...schema,
    title: 'config.yaml of LLM Proxy API',
    description:
      'Durations are seconds as a number, or a text like 500ms, 30s, 5m, 1h. A variable of the environment may stand in any value.',
  }
}

/** Allows variables, and leaves out what tells a reader nothing. */
function adapt(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (isEmptyObject(schema.default)) delete schema.default
  if (schema.type === 'string' && schema.pattern?.endsWith(variablePattern) === false)
    schema.pattern = `(${schema.pattern})|${variablePattern}`
  const { type } = schema
  if (type === 'number' || type === 'integer' || type === 'boolean')
    Object.assign(schema, { type: [type, 'string'], pattern: variablePattern })
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  )
}
