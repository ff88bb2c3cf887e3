// Reads llm-zoo: what models of the large vendors can do, and which of them are retired.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sourceNames } from './providers.ts'
import { type Facts, type Note, sortModalities } from './said.ts'

interface ZooModel {
  readonly fullName: string
  readonly shortName: string
  readonly provider: string
  readonly maxOutputTokens: number
  readonly contextWindow: number
  readonly capabilities: {
    readonly supportsFunctionCalling: boolean
    readonly supportsPromptCaching: boolean
    readonly supportsAutoPromptCaching: boolean
    readonly supportsReasoning: boolean
    readonly supportsVision: boolean
    readonly supportsNativePdf: boolean
    readonly supportsNativeAudio: boolean
    readonly supportedReasoningEfforts?: readonly string[]
  }
  readonly openRouterOnly: boolean
  /** Of an address of its own. */
  readonly baseUrl?: string
  readonly kimiSubscription?: boolean
  readonly retired?: boolean
}

/**
 * @param folder the unpacked package
 * @param retiredOn the day by which a model was retired of which no day is known
 */
export async function readLlmZoo(
  folder: string,
  retiredOn: (provider: string, id: string) => string,
): Promise<Note[]> {
  const module = (await import(pathToFileURL(join(folder, 'dist/index.js')).href)) as {
    MODEL_CONFIGS: Record<string, ZooModel>
  }
  const models = Object.values(module.MODEL_CONFIGS)
  return Object.entries(sourceNames).flatMap(([provider, { llmZoo, only = /./ }]) =>
    models
      .filter(model => model.provider === llmZoo && isAskedDirectly(model) && only.test(model.fullName))
      .flatMap(model => readModel(provider, model, models).map(note => dateRetired(note, model, retiredOn))),
  )
}

function isAskedDirectly(model: ZooModel): boolean {
  return !model.openRouterOnly && model.baseUrl === undefined && model.kimiSubscription !== true
}

/** Its name, and the one without a date, which is the same model. */
function readModel(provider: string, model: ZooModel, all: readonly ZooModel[]): Note[] {
  const { fullName, shortName } = model
  const facts = readFacts(model, all)
  const isDated = fullName.startsWith(`${shortName}-2`)
  const notes = [{ provider, id: fullName, facts: isDated ? { ...facts, aliases: [shortName] } : facts }]
  return isDated ? [...notes, { provider, id: shortName, facts: { ...facts, aliases: [fullName] } }] : notes
}

/** A model stands there once with thoughts and once without. */
function readFacts(model: ZooModel, all: readonly ZooModel[]): Facts {
  const { capabilities: able, contextWindow, maxOutputTokens } = model
  const twins = all.filter(other => other.provider === model.provider && other.fullName === model.fullName)
  return {
    kind: 'chat',
    ...(contextWindow > 0 && { contextWindow }),
    ...(maxOutputTokens > 0 && { maxOutput: maxOutputTokens }),
    input: sortModalities([
      'text',
      ...(able.supportsVision ? ['image'] : []),
      ...(able.supportsNativePdf ? ['pdf'] : []),
      ...(able.supportsNativeAudio ? ['audio'] : []),
    ]),
    tools: able.supportsFunctionCalling,
    reasoning: twins.some(twin => twin.capabilities.supportsReasoning),
    ...((able.supportsPromptCaching || able.supportsAutoPromptCaching) && { promptCaching: true }),
    ...(able.supportedReasoningEfforts !== undefined && {
      reasoningLevels: able.supportedReasoningEfforts.toReversed().toSorted(byEffort),
    }),
  }
}

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

function byEffort(left: string, right: string): number {
  return efforts.indexOf(left) - efforts.indexOf(right)
}

function dateRetired(note: Note, model: ZooModel, retiredOn: (provider: string, id: string) => string): Note {
  if (model.retired !== true) return note
  return { ...note, facts: { ...note.facts, retiresOn: retiredOn(note.provider, note.id) } }
}
