// Whether an answer fits the schema that the client asked for: the original one, not what a provider was given of it.

import { hash } from 'node:crypto'
import { BoundedMap } from '../lib/bounded-map.ts'
import type { JsonObject } from '../lib/json-value.ts'
import type { Completion } from './completion.ts'
import type { Conversation } from './conversation.ts'

/** The first fault of an answer, as a sentence; null where it fits, or is no whole answer (cut off, refused). */
export type CheckAnswer = (completion: Completion) => string | null

/** Null where nothing has to be checked. */
export type SchemaChecker = (conversation: Conversation) => CheckAnswer | null

type Validate = (value: unknown) => string | null

const maxSchemas = 500
const maxSchemaCharacters = 16 * 1024 * 1024

/** Loaded with the first schema: most gateways never see one that they have to check. */
export async function loadSchemaChecker(): Promise<SchemaChecker> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  // Patterns are not tried: the client's expression would run over the model's text on our only thread.
  const anyText = Object.assign(() => ({ test: () => true }), { code: '() => ({ test: () => true })' })
  const options = { strict: false, validateFormats: false, logger: false, code: { regExp: anyText } } as const
  const compiled = new BoundedMap<Validate>(maxSchemas, maxSchemaCharacters)

  function compile(schema: JsonObject): Validate {
    const text = JSON.stringify(schema)
    const name = hash('sha256', text)
    const known = compiled.get(name)
    if (known !== undefined) return known
    const validate = compileSchema(schema)
    compiled.set(name, validate, text.length)
    return validate
  }

  function compileSchema({ $id: _id, ...schema }: JsonObject): Validate {
    try {
      const validate = new Ajv2020(options).compile(schema)
      return value => {
        if (validate(value)) return null
        const [error] = validate.errors ?? []
        return `${error?.instancePath || 'it'} ${error?.message ?? 'does not fit'}`
      }
    } catch {
      // A schema that is none is the provider's to refuse.
      return () => null
    }
  }

  return ({ output }) => {
    if (output?.type !== 'json_schema') return null
    const validate = compile(output.schema)
    return completion => firstFault(completion, validate)
  }
}

function firstFault({ choices }: Completion, validate: Validate): string | null {
  for (const { parts, finish } of choices) {
    if (finish.reason !== 'stop' || parts.some(({ type }) => type === 'refusal')) continue
    const fault = faultOf(parts.map(part => (part.type === 'text' ? part.text : '')).join(''), validate)
    if (fault !== null) return fault
  }
  return null
}

function faultOf(text: string, validate: Validate): string | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'it is not JSON'
  }
  return validate(value)
}
