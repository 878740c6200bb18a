import { closeSync, openSync, readFileSync } from 'node:fs'
import { ownProgram } from '../host-settings.ts'
import { KIT_WORKER } from '../run.ts'
import { type Started, type TopicAnswer, TopicCalls } from './topic-calls.ts'
import type { KitTopics } from './topics.ts'

const START_MS = 60_000
const STOP_MS = 60_000

/** A worker of `bunnect test` that runs. */
export interface WorkerProcess {
  readonly pid: number
  /** http://127.0.0.1:PORT */
  readonly url: string
  /** Of its embedded log. */
  readonly topics: KitTopics
  /** Resolves when it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts one; what it prints goes to the end of `log`. Throws with what it has said when it does not start. */
export async function startProcess(file: string, cwd: string, log: string): Promise<WorkerProcess> {
  const started = Promise.withResolvers<Started>()
  const calls = new TopicCalls(call => void child.send(call))
  const output = openSync(log, 'a')
  const child = Bun.spawn([...ownProgram(), KIT_WORKER, String(process.pid), file], {
    argv0: process.execPath,
    cwd,
    stdio: ['ignore', output, output],
    serialization: 'advanced',
    ipc: (message: Started | TopicAnswer) =>
      'url' in message ? started.resolve(message) : calls.receive(message),
  })
  closeSync(output)
  const ended = child.exited.then(code => {
    calls.end()
    started.reject(new Error(`the worker ended with ${code} before it ran: ${lastOf(log)}`))
  })
  const late = setTimeout(
    () => started.reject(new Error(`the worker does not run after ${START_MS} ms: ${lastOf(log)}`)),
    START_MS,
  )
  try {
    const { url } = await started.promise
    return {
      pid: child.pid,
      url,
      topics: calls.topics,
      async end(signal) {
        child.kill(signal)
        const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
        await ended
        clearTimeout(impatient)
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(late)
  }
}

function lastOf(log: string): string {
  return readFileSync(log, 'utf8').slice(-4000)
}
