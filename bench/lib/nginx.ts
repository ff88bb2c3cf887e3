// Whether nginx is there, and how to get it: it serves as the instant upstream and as a subject.

import { spawnSync } from 'node:child_process'

/** null where it is not installed. */
export function nginxVersion(): string | null {
  const { stderr } = spawnSync('nginx', ['-v'], { encoding: 'utf8' })
  return /nginx\/([\d.]+)/.exec(stderr ?? '')?.[1] ?? null
}

/** Throws an Error where it is missing and may not be, or cannot be, installed. */
export function requireNginx(install: boolean): void {
  if (nginxVersion() !== null) return
  if (!install) throw new Error('nginx is not installed: apt-get install nginx, or pass --install')
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'nginx'], { stdio: 'inherit' })
  if (nginxVersion() === null) throw new Error('nginx could not be installed')
  // The package may have started a service of its own, which nothing here needs.
  spawnSync('service', ['nginx', 'stop'], { stdio: 'ignore' })
}

/** Workers of a master that runs as root would change to a user that may not read our folder. */
export function workerUser(): string {
  return process.getuid?.() === 0 ? 'user root;' : ''
}
