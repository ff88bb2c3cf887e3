// nginx as a reverse proxy that keeps its connections: what forwarding costs in C, without any feature.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort } from '../lib/free-port.ts'
import { nginxVersion, requireNginx, workerUser } from '../lib/nginx.ts'
import { type Subject, startAndWait } from './subject.ts'

function createConfiguration(options: { port: number; upstreamPort: number; folder: string }): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${workerUser()}
worker_processes 1;
worker_rlimit_nofile 65536;
pid ${join(options.folder, 'nginx.pid')};
error_log stderr error;
daemon off;
events { worker_connections 32768; }
http {
  access_log off;
  ${temporary.map(name => `${name}_temp_path ${join(options.folder, name)};`).join('\n  ')}
  client_body_buffer_size 1m;
  client_max_body_size 16m;
  keepalive_requests 100000000;
  upstream mock { server 127.0.0.1:${options.upstreamPort}; keepalive 512; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${options.port} backlog=16384;
    location = /health { return 200; }
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`
}

export const nginx: Subject = {
  name: 'nginx',
  features: 'none: reverse proxy in C',
  isPeer: false,
  anthropic: null,
  prepare: async ({ install }) => requireNginx(install),
  readVersion: async () => nginxVersion() ?? 'unknown',
  async start({ launcher, core, upstreamPort, folder }) {
    const port = await findFreePort()
    const file = join(folder, 'nginx.conf')
    await writeFile(file, createConfiguration({ port, upstreamPort, folder }))
    const { launched, readyMs } = await startAndWait({
      launcher,
      launch: { command: 'nginx', arguments: ['-e', 'stderr', '-p', folder, '-c', file], core },
      origin: `http://127.0.0.1:${port}`,
      healthPath: '/health',
      timeoutMs: 10_000,
    })
    return {
      launched,
      readyMs,
      target: { host: '127.0.0.1', port, path: '/v1/chat/completions', headers: {} },
    }
  },
}
