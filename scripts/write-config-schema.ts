// Writes docs/config.schema.json, which editors use to check and complete config.yaml.

import { writeFileSync } from 'node:fs'
import { configurationJsonSchema } from '../src/config/json-schema.ts'

export const configSchemaFile = 'docs/config.schema.json'

/** The text of the file, with a line break at its end. */
export function configSchemaJson(): string {
  return `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`
}

if (import.meta.main) writeFileSync(configSchemaFile, configSchemaJson())
