// Settings for the tests of this folder: nothing configured but a name and a key.

import { Secret } from '../lib/secret.ts'
import type { ProviderSettings } from './provider.ts'

export const testKey = new Secret('sk-test')

export function makeSettings(changes: Partial<ProviderSettings> = {}): ProviderSettings {
  return {
    name: 'test',
    baseUrl: null,
    keys: [testKey],
    apiVersion: null,
    deployments: {},
    headers: {},
    organization: null,
    project: null,
    region: null,
    aws: null,
    maxContext: null,
    location: null,
    google: { credentialsFile: null, credentialsText: null },
    ...changes,
  }
}
