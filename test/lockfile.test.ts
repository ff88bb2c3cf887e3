import { expect, test } from 'vitest'
import { missingPackages, readLockfile } from '../scripts/complete-lockfile.ts'

test('npm ci finds every optional package in the lockfile: `node scripts/complete-lockfile.ts` adds them', () => {
  expect([...missingPackages(readLockfile()).keys()]).toEqual([])
})

test('a package of another platform is found and described by its name', () => {
  const lockfile = {
    packages: {
      '': { optionalDependencies: { here: '1.0.0' } },
      'node_modules/here': { version: '1.0.0' },
      'node_modules/tool': { optionalDependencies: { '@tool/cli-linux-arm64-musl': '2.0.0' } },
    },
  }
  expect([...missingPackages(lockfile)]).toEqual([
    [
      'node_modules/@tool/cli-linux-arm64-musl',
      { version: '2.0.0', dev: true, cpu: ['arm64'], optional: true, os: ['linux'], libc: ['musl'] },
    ],
  ])
})

test('the lockfile names no registry', () => {
  expect(JSON.stringify(readLockfile())).not.toMatch(/"resolved":/)
})

test('no package runs a script when it is installed', () => {
  const scripted = Object.entries(readLockfile().packages).filter(([, entry]) => 'hasInstallScript' in entry)
  expect(scripted.map(([path]) => path)).toEqual([])
})
