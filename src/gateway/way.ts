// How a request gets to a target: as the bytes that the client sent, or translated.

import type { Destination, Operation } from '../call.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { ChatTranslation, Format, Translation } from '../formats/format.ts'
import type { ProviderSide } from './snapshot.ts'

export interface Way {
  /** What is asked of the upstream. */
  readonly operation: Operation
  /** The format in which it is asked. */
  readonly format: Format
  /** Whether that is the client's own. */
  readonly direct: boolean
}

/** What a client may ask for that an upstream without it can still do: a prompt is a conversation of one message. */
const substitutes: Readonly<Partial<Record<Operation, Operation>>> = { completion: 'chat' }

/** Null where no way leads from the client's format to any of the target's. */
export function findWay(
  { operation, format }: Pick<Endpoint, 'operation' | 'format'>,
  { side, model }: { readonly side: ProviderSide; readonly model: string },
): Way | null {
  const own = side.formatsFor(operation, model)
  const same = own.find(({ name }) => name === format.name)
  if (same !== undefined) return { operation, format: same, direct: true }
  for (const asked of [operation, substitutes[operation] ?? operation]) {
    const other = side.formatsFor(asked, model).find(candidate => canTranslate(asked, format, candidate))
    if (other !== undefined) return { operation: asked, format: other, direct: false }
  }
  return null
}

export function destinationOf(
  { operation, format }: Way,
  asked: Pick<Destination, 'model' | 'streaming'>,
): Destination {
  return { operation, format: format.name, ...asked }
}

/** What the format has to translate requests of the operation. */
export function translationOf(
  { chat, embedding, rerank }: Format,
  operation: Operation,
): Pick<Translation<never, never>, 'ownFields' | 'understands'> | undefined {
  if (operation === 'chat') return chat
  if (operation === 'embedding') return embedding
  return operation === 'rerank' ? rerank : undefined
}

/** Without the fields that the upstream's format understands, though they are the client's. */
export function foreignTo(
  upstream: { readonly understands?: ReadonlySet<string> } | undefined,
  fields: readonly string[],
): readonly string[] {
  const { understands } = upstream ?? {}
  if (understands === undefined) return fields
  return fields.filter(path => !understands.has(path.split('.', 1)[0] ?? path))
}

/** Whether both formats have words for the operation in the neutral form. */
function canTranslate(operation: Operation, client: Format, upstream: Format): boolean {
  return [client, upstream].every(format => translationOf(format, operation) !== undefined)
}

/** @throws Error where a format lacks what its way needs: a mistake of the programmer */
export function chatOf({ chat, name }: Format): ChatTranslation {
  if (chat === undefined) throw new Error(`${name} has no conversations`)
  return chat
}
