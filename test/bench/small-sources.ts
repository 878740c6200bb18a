import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../servers/run.ts'
import type { ConnectWorker } from '../servers/worker.ts'

/** Configurations of file sources that have a file of one line each and send it to the same topic. */
export function smallSources(dir: string, topic: string, count: number): Record<string, string>[] {
  const files = join(dir, topic)
  mkdirSync(files, { recursive: true })
  return Array.from({ length: count }, (_, i) => {
    const file = join(files, `${i}.txt`)
    writeFileSync(file, `the only line of file ${i}\n`)
    return {
      name: `${topic}-${i}`,
      'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
      'tasks.max': '1',
      file,
      topic,
    }
  })
}

interface State {
  state: string
}

/** Waits until that many connectors and a task of each are RUNNING; fails when one has FAILED. */
export async function allRunning(worker: ConnectWorker, count: number): Promise<void> {
  let failed = ''
  const running = await until(
    `${count} connectors to be RUNNING`,
    async () => {
      const answer = await worker.fetch('/connectors?expand=status')
      const all = Object.values(
        (await answer.json()) as Record<string, { status: { connector: State; tasks: State[] } }>,
      )
      const states = all.map(({ status }) => [status.connector, ...status.tasks].map(({ state }) => state))
      if (states.some(some => some.includes('FAILED'))) {
        failed = JSON.stringify(all.find(({ status }) => status.tasks.some(t => t.state === 'FAILED')))
        return 'failed'
      }
      const done = states.filter(some => some.length > 1 && some.every(state => state === 'RUNNING'))
      return done.length === count && 'running'
    },
    300_000,
    5,
  )
  if (running === 'failed') throw new Error(`${worker.side}: ${failed}\n${await worker.log()}`)
}
