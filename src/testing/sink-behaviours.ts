/** What any sink should do. Each is a factory, so that a suite names how much of it. */
import { commonBehaviours } from './common-behaviours.ts'
import { expectThat } from './expectation.ts'
import { expectBounded, expectTooMuch, MUCH_MS } from './memory.ts'
import type { SinkBehaviour } from './sink-suite.ts'
import { isAll } from './trial.ts'

export * from './behaviours.ts'

/** All of them, at sizes that any target takes in its stride. */
export function everySinkBehaviour(): SinkBehaviour[] {
  return [
    ...commonBehaviours(),
    partialFailure(200),
    schemaChange(100),
    slowTarget(),
    backPressure(450_000_000, 350_000_000),
  ]
}

/** Among good records a bad one: it ends the task, or is in the dead letter queue and the good ones are written. */
export function partialFailure(count: number): SinkBehaviour {
  return {
    name: `partial failure, 1 of ${count} bad`,
    needs: 'bad',
    async run(trial) {
      const queue = `${trial.name}-letters`
      await trial.prepare()
      await trial.add(0, count / 2)
      await trial.put([trial.sink.bad!()])
      await trial.add(count / 2, count)
      expectThat((await trial.awaitFailure()) !== '', 'the failed task has no trace')
      await trial.configure({
        ...trial.config,
        'errors.tolerance': 'all',
        'errors.deadletterqueue.topic.name': queue,
        'errors.deadletterqueue.topic.replication.factor': '1',
        'errors.deadletterqueue.context.headers.enable': 'true',
        'bunnect.errors.put': 'isolate',
      })
      await trial.awaitWritten(count, 'allowed')
      await trial.awaitCommitted(count + 1)
      const letters = await trial.environment.read(queue)
      expectThat(letters.length === 1, `${letters.length} records are in the dead letter queue`)
      const names = letters[0]!.headers.map(({ name }) => name)
      expectThat(
        names.includes('__connect.errors.exception.message'),
        `the dead letter has the headers ${names.join(', ')}`,
      )
    },
  }
}

/** Records with one more optional field follow. */
export function schemaChange(count: number): SinkBehaviour {
  return {
    name: 'schema change',
    needs: 'evolved',
    async run(trial) {
      await trial.open()
      await trial.add(0, count)
      await trial.put(Array.from({ length: count }, (_, i) => trial.sink.evolved!(count + i)))
      // And back: both kinds may come for as long as producers of both run.
      await trial.add(2 * count, 3 * count)
      await trial.awaitAll(3 * count, 'none')
    },
  }
}

/** A target that takes nothing for longer than a consumer's session: the task runs on, and stays in its group. */
export function slowTarget(): SinkBehaviour {
  return {
    name: 'slow target',
    needs: 'slow',
    async run(trial) {
      await trial.add(0, 10)
      await trial.open()
      await trial.awaitAll(10, 'none')
      const members = await trial.environment.members(trial.group)
      const release = await trial.slowDown()
      try {
        await trial.add(10, 1000)
        const end = performance.now() + 1.5 * trial.sessionMs
        while (performance.now() < end) {
          const status = await trial.status()
          expectThat(isAll(status, 'RUNNING'), `the target was slow, and ${JSON.stringify(status)}`)
          await Bun.sleep(200)
        }
      } finally {
        await release()
      }
      await trial.awaitAll(1000, 'allowed')
      const left = await trial.environment.members(trial.group)
      expectThat(
        members.join() === left.join(),
        `the group had the members ${members.join(', ')} and has ${left.join(', ')} after its target was slow`,
      )
    },
  }
}

/** So many bytes wait for a target that takes nothing: at most `limit` of memory is used for them, and all arrive. */
export function backPressure(bytes: number, limit: number): SinkBehaviour {
  const each = 2000
  const count = Math.ceil(bytes / each)
  return {
    name: `back-pressure, ${bytes} bytes`,
    needs: 'slow',
    async run(trial) {
      expectTooMuch(count * JSON.stringify(trial.sink.record(0, each).value).length, limit)
      await trial.open()
      await trial.add(0, 1)
      await trial.awaitAll(1, 'none')
      // A worker that has only begun has none of what the connector's code and its host take.
      const before = await trial.worker.memory()
      await trial.worker.stop()
      await trial.add(1, count, each)
      const release = await trial.slowDown()
      try {
        await trial.startAgain()
        const work = async () => {
          // As long as a worker without bounds needs to take it all in.
          await Bun.sleep(5000)
          await release()
          await trial.awaitCommitted(count, MUCH_MS)
        }
        await expectBounded(trial.worker, limit, work, before)
      } finally {
        await release()
      }
      await trial.awaitAll(count, 'allowed')
    },
  }
}
