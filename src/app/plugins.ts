// Loads the modules that bring further types of provider. They are code of the operator, from this disk, and run with
// all rights of the gateway.

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Problem } from '../config/configuration.ts'
import { formats } from '../formats/index.ts'
import { isObject } from '../lib/json-value.ts'
import { findProvider } from '../providers/index.ts'
import {
  type CompatibleProviderData,
  defineCompatibleProvider,
} from '../providers/openai-compatible-provider.ts'
import type { Provider } from '../providers/provider.ts'

export interface PluginList {
  /** As written, each with what makes a problem at its place. */
  readonly paths: ReadonlyArray<{ readonly path: string; problem(message: string): Problem }>
  /** That they are relative to. */
  readonly folder: string
}

export interface LoadedPlugins {
  readonly providers: readonly Provider[]
  readonly problems: readonly Problem[]
}

export async function loadPlugins({ paths, folder }: PluginList): Promise<LoadedPlugins> {
  const providers: Provider[] = []
  const problems: Problem[] = []
  const types = new Set<string>()
  for (const { path, problem } of paths)
    try {
      const brought = await loadPlugin(resolve(folder, path))
      const twice = brought.find(({ type }) => !addNew(types, type))
      if (twice !== undefined) throw new PluginError(`brings the type ${twice.type} a second time`)
      providers.push(...brought)
    } catch (thrown) {
      problems.push(problem(describe(thrown)))
    }
  return { providers, problems }
}

/** False where the set has it already. */
function addNew(set: Set<string>, value: string): boolean {
  if (set.has(value)) return false
  set.add(value)
  return true
}

/** Completes "plugins[0]: …". */
class PluginError extends Error {}

function describe(thrown: unknown): string {
  if (thrown instanceof PluginError) return thrown.message
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return `cannot be loaded: ${reason.split('\n')[0]}`
}

async function loadPlugin(file: string): Promise<readonly Provider[]> {
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  const exported = module['providers'] ?? module['provider'] ?? module['default']
  if (exported === undefined) throw new PluginError('exports no `provider`')
  return (Array.isArray(exported) ? exported : [exported]).map(checkProvider)
}

/** A whole provider, or what is particular about one that speaks OpenAI's API. */
function checkProvider(value: unknown): Provider {
  if (!isObject(value)) throw new PluginError('exports a `provider` that is no object')
  const { type, title = type, formats: spoken, operations } = value
  if (typeof type !== 'string' || !/^[a-z][a-z0-9_]*$/.test(type))
    throw new PluginError(
      'exports a provider whose `type` is not a word of lower-case letters, digits and `_`',
    )
  if (findProvider(type) !== undefined) throw new PluginError(`brings the type ${type}, which is built in`)
  if (spoken !== undefined && operations !== undefined)
    throw new PluginError(
      `exports the provider ${type} with \`formats\` and \`operations\`: one of them is meant`,
    )
  // What answers by itself has no address.
  const baseUrl = value['baseUrl'] ?? (value['answer'] === undefined ? null : 'https://plugin.invalid/v1')
  // Only of those who speak OpenAI's API it is known how they list their models.
  const listing = spoken === undefined ? undefined : null
  const data = { keyVariables: [], listing, ...value, title, baseUrl } as unknown as CompatibleProviderData
  const provider: Provider = {
    ...defineCompatibleProvider(data),
    ...(spoken === undefined ? {} : whole(value)),
  }
  checkFormats(provider)
  checkFunctions(provider)
  return provider
}

function whole(value: Readonly<Record<string, unknown>>): Partial<Provider> {
  const names = ['formats', 'pathFor', 'headersFor', 'authScheme', 'relayPathFor'] as const
  return Object.fromEntries(names.flatMap(name => (value[name] === undefined ? [] : [[name, value[name]]])))
}

function checkFormats({ type, formats: spoken }: Provider): void {
  const names = Object.values(spoken as Readonly<Record<string, unknown>>).flat()
  const unknown = names.find(name => typeof name !== 'string' || !Object.hasOwn(formats, name))
  if (names.length === 0) throw new PluginError(`exports the provider ${type}, which offers nothing`)
  if (unknown === undefined) return
  const known = Object.keys(formats).join(', ')
  throw new PluginError(
    `exports the provider ${type} with the unknown format ${JSON.stringify(unknown)} (known: ${known})`,
  )
}

function checkFunctions(provider: Provider): void {
  for (const name of ['pathFor', 'headersFor', 'answer', 'authScheme', 'relayPathFor'] as const) {
    const value: unknown = provider[name]
    if (value === undefined && name !== 'pathFor' && name !== 'headersFor') continue
    if (typeof value !== 'function')
      throw new PluginError(`exports the provider ${provider.type} whose \`${name}\` is no function`)
  }
  const { listing, type } = provider
  if (
    listing !== undefined &&
    (typeof listing.first !== 'function' || typeof listing.readPage !== 'function')
  )
    throw new PluginError(`exports the provider ${type} whose \`listing\` lacks \`first\` or \`readPage\``)
}
