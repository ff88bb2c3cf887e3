// Certificates for one test, made with openssl: an authority of its own, and whom it vouches for.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasOpenssl = spawnSync('openssl', ['version']).error === undefined

export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

export interface Authority {
  /** Its certificate. */
  readonly file: string
  /** @param names such as `DNS:localhost` and `IP:127.0.0.1` */
  issue(name: string, names: readonly string[]): CertificateFiles
  remove(): void
}

function run(...parameters: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', [...parameters], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${parameters[0]} failed: ${stderr}`)
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export function makeAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-certificates-'))
  const file = join(folder, 'authority.pem')
  const authorityKey = join(folder, 'authority.key')
  run(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    authorityKey,
    '-out',
    file,
    '-subj',
    '/CN=authority',
    '-days',
    '2',
  )
  return {
    file,
    issue(name, names) {
      const [certificate, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map(ending =>
        join(folder, `${name}.${ending}`),
      ) as [string, string, string, string]
      writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`)
      run('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${name}`)
      const signing = ['-CA', file, '-CAkey', authorityKey, '-CAcreateserial', '-days', '2']
      run('x509', '-req', '-in', request, ...signing, '-extfile', extensions, '-out', certificate)
      return { certificate, key }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
