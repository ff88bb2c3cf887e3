// Finds and loads a provider package of the AI SDK that the operator has installed.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { GatewayError } from '../../errors.ts'
import { isObject } from '../../lib/json-value.ts'
import type { SdkProvider } from './model.ts'

export interface PackagePlace {
  /** `@ai-sdk/mistral`, or a path that begins with a dot. */
  readonly name: string
  /** Where it is looked for first: the folder of the configuration. */
  readonly folder: string
}

/** Address of the package's module; null where it is not installed. */
export function findPackage({ name, folder }: PackagePlace): string | null {
  try {
    return pathToFileURL(createRequire(join(folder, 'config.yaml')).resolve(name)).href
  } catch {
    if (name.startsWith('.')) return null
  }
  try {
    return import.meta.resolve(name)
  } catch {
    return null
  }
}

export type SdkFactory = (options: Readonly<Record<string, unknown>>) => SdkProvider

/**
 * @param exportName the function that makes the provider; where it is left out, the only one called `create…`
 * @throws GatewayError `no_provider`
 */
export async function loadFactory(place: PackagePlace, exportName: string | null): Promise<SdkFactory> {
  const address = findPackage(place)
  if (address === null)
    throw unusable(`The package ${place.name} is not installed: npm install ${place.name}`)
  let module: unknown
  try {
    module = await import(address)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw unusable(`The package ${place.name} cannot be loaded: ${reason}`)
  }
  return chooseFactory(isObject(module) ? module : {}, place.name, exportName)
}

function chooseFactory(
  module: Readonly<Record<string, unknown>>,
  name: string,
  exportName: string | null,
): SdkFactory {
  if (exportName !== null) {
    const chosen = module[exportName]
    if (typeof chosen === 'function') return chosen as SdkFactory
    throw unusable(`The package ${name} exports no function ${exportName}.`)
  }
  const makers = Object.entries(module).filter(
    ([key, value]) => /^create[A-Z]/.test(key) && typeof value === 'function',
  )
  // The same function may have two names.
  const distinct = new Set(makers.map(([, value]) => value))
  const [only] = distinct
  if (distinct.size === 1) return only as SdkFactory
  const names = makers.map(([key]) => key).join(', ')
  throw unusable(
    names === ''
      ? `The package ${name} exports no function called create…: is it a provider of the AI SDK?`
      : `The package ${name} exports several providers: set \`export\` to one of ${names}.`,
  )
}

function unusable(message: string): GatewayError {
  return new GatewayError('no_provider', { message })
}
