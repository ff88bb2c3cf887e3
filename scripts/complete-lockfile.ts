// Writes into package-lock.json the optional packages of other platforms that npm left out: it forgets those that the
// registry at hand does not carry, and `npm ci` then refuses the whole lockfile. Run after every change of dependencies.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface LockedPackage {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

interface Lockfile {
  packages: Record<string, LockedPackage>
}

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
]

/** Optional packages that are asked for but not in the lockfile: path in the lockfile -> entry. */
export function missingPackages({ packages }: Lockfile): ReadonlyMap<string, LockedPackage> {
  const missing = new Map<string, LockedPackage>()
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const target = `node_modules/${name}`
      if (target in packages || `${path}/${target}` in packages) continue
      missing.set(target, describePlatform(name, version, path !== ''))
    }
  }
  return missing
}

/** Such packages carry their platform in their name: `@scope/tool-linux-arm64-musl`. */
function describePlatform(name: string, version: string, dev: boolean): LockedPackage {
  const words = name.split('/').at(-1)?.split('-') ?? []
  const os = words.filter(word => systems.includes(word))
  const cpu = words.filter(word => processors.includes(word))
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : []
  return {
    version,
    ...(dev && { dev }),
    ...(cpu.length > 0 && { cpu }),
    optional: true,
    ...(os.length > 0 && { os }),
    ...(libc.length > 0 && { libc }),
  }
}

export function readLockfile(): Lockfile {
  return JSON.parse(readFileSync(lockfilePath, 'utf8')) as Lockfile
}

const lockfilePath = join(import.meta.dirname, '../package-lock.json')

if (import.meta.main) {
  const lockfile = readLockfile()
  const entries = [...Object.entries(lockfile.packages), ...missingPackages(lockfile)]
  lockfile.packages = Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)))
  writeFileSync(lockfilePath, `${JSON.stringify(lockfile, null, 2)}\n`)
}
