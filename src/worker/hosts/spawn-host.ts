import { closeSync } from 'node:fs'
import { createBoard, MarkReader } from './marks.ts'
import { Budget, PrintedLines } from './printed-lines.ts'

export interface HostChild {
  readonly pid: number
  readonly marks: MarkReader
  /** Says nothing when the process has ended. */
  send(bytes: Uint8Array): void
  kill(): void
  /** How it ended, such as `exit code 1` or `signal SIGSEGV`; never rejects. */
  readonly exited: Promise<string>
}

/**
 * Starts a task host. It gets the worker's process id and environment, but none of the worker's keys that may be in
 * there (invariant 5), and nothing else: its configuration comes over the line, its standard input is empty, and what
 * it prints becomes log lines.
 */
export function spawnHost(
  name: string,
  command: readonly string[],
  receive: (message: unknown) => void,
): HostChild {
  const shared = createBoard()
  try {
    const child = Bun.spawn([...command, String(process.pid)], {
      argv0: process.execPath,
      env: withoutConnectVariables(process.env),
      stdio: ['ignore', 'pipe', 'pipe', shared ? shared.fd : 'ignore'],
      serialization: 'advanced',
      ipc: message => receive(message),
    })
    const budget = new Budget()
    void new PrintedLines(name, 'stdout', budget).read(child.stdout)
    void new PrintedLines(name, 'stderr', budget).read(child.stderr)
    return {
      pid: child.pid,
      marks: new MarkReader(shared?.board ?? null),
      send: bytes => {
        try {
          child.send(bytes)
        } catch {
          // Its end of the channel is closed some time before `exited` tells of it; one that lives on is missed by the watch.
        }
      },
      kill: () => child.kill('SIGKILL'),
      exited: child.exited.then(code =>
        child.signalCode === null ? `exit code ${code}` : `signal ${child.signalCode}`,
      ),
    }
  } finally {
    if (shared) closeSync(shared.fd)
  }
}

function withoutConnectVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('CONNECT_')))
}
