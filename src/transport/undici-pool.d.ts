// The module of undici's pool alone: its main module brings fetch, WebSocket, caches and mocks, which cost every start
// 30 ms and 6 MB and are not used here.

declare module 'undici/lib/dispatcher/pool.js' {
  import type { Pool } from 'undici'

  const PoolConstructor: typeof Pool
  // biome-ignore lint/style/noDefaultExport: so it is exported there
  export default PoolConstructor
}
