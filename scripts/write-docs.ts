// Writes every generated page: `npm run docs`.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configSchemaJson } from './write-config-schema.ts'
import { errorReference } from './write-error-reference.ts'

const docs = join(import.meta.dirname, '../docs')
writeFileSync(join(docs, 'errors.md'), errorReference())
writeFileSync(join(docs, 'config.schema.json'), configSchemaJson())
