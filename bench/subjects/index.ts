// All that can be measured: our own three, and whatever bench/peers describes.

import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Remark } from '../report/report.ts'
import { floor } from './floor.ts'
import { gateway } from './gateway.ts'
import { nginx } from './nginx.ts'
import { createPeer, readPeerFile } from './peer.ts'
import { type Subject, SubjectError } from './subject.ts'

const peersFolder = fileURLToPath(new URL('../peers/', import.meta.url))
const own: readonly Subject[] = [floor, gateway, nginx]

/** Throws an Error that lists the names when one is unknown, and one that says what is wrong in a peer's file. */
export async function chooseSubjects(
  options: { readonly subjects: readonly string[] | null; readonly peers: boolean },
  workFolder: string,
): Promise<Subject[]> {
  const files = readdirSync(peersFolder).filter(name => name.endsWith('.json'))
  const peerNames = files.map(name => basename(name, '.json'))
  const load = (path: string) => createPeer(readPeerFile(path), workFolder)
  const find = (name: string): Subject => {
    const known = own.find(subject => subject.name === name)
    if (known !== undefined) return known
    if (name.endsWith('.json')) return load(name)
    if (peerNames.includes(name)) return load(`${peersFolder}${name}.json`)
    const names = [...own.map(subject => subject.name), ...peerNames]
    throw new Error(`no subject "${name}": there are ${names.join(', ')}`)
  }
  const names = [
    ...(options.subjects ?? own.map(subject => subject.name)),
    ...(options.peers ? peerNames : []),
  ]
  return [...new Set(names)].map(find)
}

/** Those that can be measured; for each of the others a remark says why not. */
export async function prepareSubjects(
  subjects: readonly Subject[],
  { install, remarks }: { install: boolean; remarks: Remark[] },
): Promise<Subject[]> {
  const ready: Subject[] = []
  for (const subject of subjects) {
    try {
      await subject.prepare({ install })
      ready.push(subject)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const lastLines = error instanceof SubjectError ? error.lastLines : []
      remarks.push({
        subject: subject.name,
        part: 'preparation',
        round: null,
        text: error.message,
        lastLines,
      })
    }
  }
  return ready
}
