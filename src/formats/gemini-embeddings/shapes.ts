// The three shapes in which Google takes texts to embed: one content, a batch of contents, and the older instances of
// Vertex AI. https://ai.google.dev/api/embeddings,
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api

import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { camelKeys, listIn, numberIn, objectIn, objectsIn, textIn } from '../gemini/wire.ts'

/** `batch`: batchEmbedContents. `single`: embedContent. `predict`: the instances. */
export type Shape = 'batch' | 'single' | 'predict'

export const formatNames: Readonly<Record<Shape, string>> = {
  batch: 'gemini-embeddings',
  single: 'gemini-embedding',
  predict: 'vertex-embeddings',
}

/** One text to be embedded, in whichever shape it came. */
export interface Item {
  /** The path of its content, for messages. */
  readonly path: string
  /** Null where it is not text alone. */
  readonly text: string | null
  readonly taskType: string | undefined
  readonly title: string | undefined
  readonly dimensions: number | undefined
}

export function itemsOf(body: JsonObject, shape: Shape): readonly Item[] {
  const request = camelKeys(body)
  switch (shape) {
    case 'single':
      return [itemOf(request, 'content')]
    case 'batch':
      return objectsIn(request, 'requests').map((inner, index) => itemOf(inner, `requests[${index}].content`))
    case 'predict': {
      const dimensions = numberIn(objectIn(request, 'parameters'), 'outputDimensionality')
      return objectsIn(request, 'instances').map((instance, index) => ({
        path: `instances[${index}].content`,
        text: textIn(instance, 'content') ?? null,
        taskType: textIn(instance, 'taskType'),
        title: textIn(instance, 'title'),
        dimensions,
      }))
    }
  }
}

function itemOf(request: JsonObject, path: string): Item {
  const config = { ...objectIn(request, 'embedContentConfig'), ...request }
  return {
    path,
    text: textOf(request['content']),
    taskType: textIn(config, 'taskType'),
    title: textIn(config, 'title'),
    dimensions: numberIn(config, 'outputDimensionality'),
  }
}

function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content
  if (!isObject(content)) return null
  const parts = listIn(content, 'parts')
  const texts = parts.map(part => (isObject(part) ? part['text'] : undefined))
  return parts.length > 0 && texts.every(text => typeof text === 'string') ? texts.join('') : null
}

/** Vertex AI embeds one content at a time with these, at another address than the older models. */
export function takesOneContent(model: string): boolean {
  return /gemini-embedding-(?!001)|maas/.test(model)
}
