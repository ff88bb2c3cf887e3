// The two mock upstreams and how to ask them: nginx with one constant answer, which costs next to nothing, and
// our own server for streams. Where nginx is missing, ours gives the constant answer too.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../lib/free-port.ts'
import type { Launcher } from '../lib/launcher.ts'
import { nginxVersion, workerUser } from '../lib/nginx.ts'
import { createRemote, type Remote } from '../lib/remote.ts'
import { completion } from './answers.ts'
import type { UpstreamMethods } from './stream-server.ts'

export interface PlainUpstream {
  readonly name: string
  readonly port: number
  /** Answers given since it began. */
  countRequests(): Promise<number>
}

export interface Upstreams {
  readonly plain: PlainUpstream
  readonly stream: { readonly port: number; readonly call: Remote<UpstreamMethods> }
}

interface Place {
  readonly launcher: Launcher
  readonly core: number | null
  readonly folder: string
}

export async function startUpstreams(place: Place): Promise<Upstreams> {
  const stream = await startStreamServer(place)
  if (nginxVersion() !== null) return { stream, plain: await startNginx(place) }
  const countRequests = () => stream.call('countRequests', undefined as never)
  return { stream, plain: { name: 'node', port: stream.port, countRequests } }
}

async function startStreamServer({ launcher, core }: Place): Promise<Upstreams['stream']> {
  const { process: child } = launcher.launch({
    command: process.execPath,
    arguments: [fileURLToPath(new URL('./stream-server.ts', import.meta.url))],
    core,
    channel: true,
  })
  const call = createRemote<UpstreamMethods>(child)
  return { port: await call('listen', undefined as never), call }
}

async function startNginx({ launcher, core, folder }: Place): Promise<PlainUpstream> {
  const port = await findFreePort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, createConfiguration(port, folder))
  const launched = launcher.launch({
    command: 'nginx',
    arguments: ['-e', 'stderr', '-p', folder, '-c', file],
    core,
  })
  let questions = 0
  const readStatus = async () => (await fetch(`http://127.0.0.1:${port}/status`)).text()
  for (let tries = 0; ; tries += 1) {
    const status = await readStatus().catch(() => null)
    if (status !== null) break
    if (launched.hasExited || tries > 200)
      throw new Error(`nginx as upstream did not start: ${launched.lastLines().join('\n')}`)
    await delay(20)
  }
  return {
    name: `nginx ${nginxVersion()}`,
    port,
    // The third number of the third line; this question is one of them, and so were those before it.
    async countRequests() {
      const [, , line = ''] = (await readStatus()).split('\n')
      questions += 1
      return Number(line.trim().split(' ')[2]) - questions
    },
  }
}

function createConfiguration(port: number, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${workerUser()}
worker_processes 1;
worker_rlimit_nofile 65536;
pid ${join(folder, 'nginx.pid')};
error_log stderr error;
daemon off;
events { worker_connections 32768; }
http {
  access_log off;
  ${temporary.map(name => `${name}_temp_path ${join(folder, name)};`).join('\n  ')}
  client_body_buffer_size 1m;
  client_max_body_size 16m;
  keepalive_requests 100000000;
  keepalive_timeout 120s;
  server {
    listen 127.0.0.1:${port} backlog=16384;
    default_type application/json;
    location = /status { stub_status; }
    # The mirror has the body read to its end first, as a real upstream does: an answer that comes before the
    # request is through costs whoever sends it far more.
    location / { mirror /drop; root ${folder}; try_files /nothing @answer; }
    location = /drop { internal; return 204; }
    location @answer { return 200 '${completion}'; }
  }
}
`
}
