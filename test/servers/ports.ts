import { createServer } from 'node:net'

const first = Number(process.env['BUNNECT_TEST_PORTS'] ?? 22010)
const last = first + 89
let next = first + (process.pid % 80)

/**
 * A port on 127.0.0.1 that nobody listens on, from BUNNECT_TEST_PORTS (default 22010) upwards.
 * Not from the kernel's ephemeral range: a client socket of another test could take such a port between two starts.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries <= last - first; tries++) {
    const port = next
    next = next >= last ? first : next + 1
    if (await isFree(port)) return port
  }
  throw new Error(`no free port between ${first} and ${last}; give another start with BUNNECT_TEST_PORTS`)
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  return promise
}
