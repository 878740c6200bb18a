import { createServer } from 'node:net'

/** The ports that tests may take, both included: BUNNECT_TEST_PORTS is the first of 90, or `FIRST-LAST`. */
export const { first, last } = portRange(process.env['BUNNECT_TEST_PORTS'] ?? '22010')
let next = first + (process.pid % (last - first + 1))

function portRange(text: string): { first: number; last: number } {
  const [first, last] = text.split('-').map(Number)
  return { first: first!, last: last ?? first! + 89 }
}

/**
 * A port on 127.0.0.1 that nobody listens on, one of BUNNECT_TEST_PORTS (default 22010-22099).
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
