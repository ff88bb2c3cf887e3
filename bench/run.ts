// The benchmark: measures this gateway beside the floor, nginx and other gateways, all in one run on one machine.
// All traffic stays on 127.0.0.1; everything it starts ends with it. How to read it: docs/performance.md.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chooseCores, describeEnvironment, pinSelf } from './lib/environment.ts'
import { createLauncher } from './lib/launcher.ts'
import { watchOthers } from './lib/others.ts'
import { createRemote } from './lib/remote.ts'
import type { LoadMethods } from './load/main.ts'
import { createPlan } from './measure/plan.ts'
import { measureAll } from './measure/rounds.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { withoutPlace } from './report/anonymous.ts'
import { type Remark, type Report, renderMarkdown, renderText, type SubjectFacts } from './report/report.ts'
import { buildRows, comparePeers, type Sample } from './report/rows.ts'
import { chooseSubjects, prepareSubjects } from './subjects/index.ts'
import { startUpstreams } from './upstream/upstream.ts'

const projectFolder = fileURLToPath(new URL('../', import.meta.url))
const workFolder = fileURLToPath(new URL('.work/', import.meta.url))
const resultsFolder = fileURLToPath(new URL('results/', import.meta.url))

async function main(options: Options): Promise<boolean> {
  const launcher = createLauncher()
  process.on('exit', () => launcher.killAll())
  const runFolder = `${workFolder}run-${process.pid}`
  mkdirSync(`${runFolder}/upstream`, { recursive: true })
  process.on('exit', () => rmSync(runFolder, { recursive: true, force: true }))

  const remarks: Remark[] = []
  const chosen = await chooseSubjects(options, workFolder)
  const subjects = await prepareSubjects(chosen, { install: options.install, remarks })
  const cores = chooseCores()
  pinSelf(cores.load)
  const plan = createPlan({
    quick: options.quick,
    ...(options.rounds === undefined ? {} : { rounds: options.rounds }),
    ...(options.streams === undefined ? {} : { streams: options.streams }),
  })
  const upstreams = await startUpstreams({ launcher, core: cores.upstream, folder: `${runFolder}/upstream` })
  const loadProcess = launcher.launch({
    command: process.execPath,
    arguments: [fileURLToPath(new URL('load/main.ts', import.meta.url))],
    core: cores.load,
    channel: true,
  })
  const facts: SubjectFacts[] = []
  for (const { name, features, isPeer, readVersion } of subjects)
    facts.push({ name, features, isPeer, version: await readVersion() })
  const samples: Sample[] = []
  const readOthersShare = watchOthers()
  const environment = describeEnvironment(cores, upstreams.plain.name)
  const conclude = (complete: boolean) => {
    const rows = buildRows(samples)
    const peers = facts.filter(fact => fact.isPeer).map(fact => fact.name)
    const againstPeers = comparePeers(rows, peers)
    const date = new Date().toISOString().slice(0, 16)
    const othersShare = readOthersShare()
    const figures = { samples, rows, againstPeers, othersShare }
    const report = { date, complete, environment, plan, subjects: facts, ...figures }
    publish({ ...report, remarks: remarks.map(anonymise) }, options)
  }
  const cut = (why: string) => {
    process.stderr.write(`\n${why}\n`)
    conclude(false)
    process.exit(1)
  }
  setTimeout(() => cut('the time is over'), options.limitMs).unref()
  process.on('SIGINT', () => cut('interrupted'))
  process.on('SIGTERM', () => cut('asked to end'))

  const measured = await measureAll({
    subjects,
    only: options.only,
    plan,
    launcher,
    core: cores.subject,
    folder: runFolder,
    load: createRemote<LoadMethods>(loadProcess.process),
    upstreams,
    samples,
    remarks,
    onProgress: text => process.stderr.write(`${text}\n`),
  })
  conclude(true)
  await launcher.stopAll()
  return measured
}

function anonymise(remark: Remark): Remark {
  const folders = { [workFolder]: '<work>', [projectFolder]: '<project>', [homedir()]: '<home>' }
  const clean = (text: string) => withoutPlace(text, { folders, hostName: hostname() })
  return { ...remark, text: clean(remark.text), lastLines: remark.lastLines.map(clean) }
}

function publish(report: Report, options: Options): void {
  console.log(renderText(report))
  const folder = options.quick ? `${workFolder}results/` : resultsFolder
  mkdirSync(folder, { recursive: true })
  const name = `${folder}${report.date.replace(':', '-')}`
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 1)}\n`)
  writeFileSync(`${name}.md`, renderMarkdown(report))
}

const options = parseOptions(process.argv.slice(2))
if (options === null) console.log(usage)
else process.exit((await main(options)) ? 0 : 1)
