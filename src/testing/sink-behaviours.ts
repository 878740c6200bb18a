/** What any sink should do. Each is a factory, so that a suite names how much of it. */
import { eventually } from './eventually.ts'
import { expectThat } from './expectation.ts'
import { expectHidden } from './secrets.ts'
import type { SinkBehaviour } from './sink-suite.ts'

/** Starts and stops without a record and without a word of trouble; the target has nothing. */
export function openClose(): SinkBehaviour {
  return {
    name: 'open and close',
    async run(trial) {
      await trial.open()
      await trial.delete()
      await trial.worker.stop()
      const troubles = (await trial.worker.log()).split('\n').filter(line => / (?:ERROR|FATAL) /.test(line))
      expectThat(troubles.length === 0, `the log tells of trouble: ${troubles.join('\n')}`)
      expectThat((await trial.sink.written(trial.topic)).length === 0, 'the target holds records')
    },
  }
}

/** A topic without records: the task runs on, and nothing is written. */
export function empty(): SinkBehaviour {
  return {
    name: 'empty',
    async run(trial) {
      await trial.open()
      // Calls of `put` without records and a commit have been.
      await Bun.sleep(1500)
      await trial.awaitState('RUNNING')
      expectThat((await trial.sink.written(trial.topic)).length === 0, 'the target holds records')
    },
  }
}

/** A record is at the target, once, and its offset is committed. */
export function one(): SinkBehaviour {
  return {
    name: 'one record',
    async run(trial) {
      await trial.open()
      await trial.putNumbers(0, 1)
      await trial.awaitWritten(1, 'none')
      await trial.awaitCommitted(1)
    },
  }
}

/** Records that wait already and such that come later are there once, in their order. */
export function batch(count: number): SinkBehaviour {
  return {
    name: `batch of ${count}`,
    async run(trial) {
      await trial.environment.createTopic(trial.topic, 1)
      await trial.putNumbers(0, count / 2)
      await trial.open()
      await trial.putNumbers(count / 2, count)
      await trial.awaitWritten(count, 'none')
      await trial.awaitCommitted(count)
    },
  }
}

/** Among good records a bad one: it ends the task, or is in the dead letter queue and the good ones are written. */
export function partialFailure(count: number): SinkBehaviour {
  return {
    name: `partial failure, 1 of ${count} bad`,
    async run(trial) {
      const { bad } = trial.sink
      if (bad === undefined) throw new Error('the suite is not told of a bad record')
      const queue = `${trial.topic}-letters`
      await trial.prepare()
      const put = async () => {
        await trial.putNumbers(0, count / 2)
        await trial.put([bad.call(trial.sink)])
        await trial.putNumbers(count / 2, count)
      }
      await put()
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

/** The target goes away in the middle of `count` records and comes back: all are there, and the task runs. */
export function reconnect(count: number): SinkBehaviour {
  return {
    name: `reconnect in the middle of ${count}`,
    async run(trial) {
      const { target } = trial.sink
      if (target === undefined) throw new Error('the suite is not told how the target is taken away')
      await trial.open()
      await trial.putNumbers(0, count / 2)
      await trial.awaitWritten(count / 2, 'none')
      await target.stop()
      try {
        await trial.putNumbers(count / 2, count)
        await Bun.sleep(2000)
      } finally {
        await target.start()
      }
      await trial.awaitWritten(count, 'allowed')
      await trial.awaitState('RUNNING')
      await trial.awaitCommitted(count)
    },
  }
}

/** SIGKILL while records flow: none is missing, none out of order; twice only what was not committed. */
export function killAndResume(count: number, kills: number): SinkBehaviour {
  return {
    name: `kill and resume, ${kills} of ${count}`,
    async run(trial) {
      await trial.open()
      const slice = Math.floor(count / (kills + 1))
      for (let kill = 1; kill <= kills; kill++) {
        await trial.putNumbers((kill - 1) * slice, kill * slice)
        const enough = (kill - 1) * slice + Math.floor((slice * kill) / (kills + 1))
        await eventually(`${enough} records before kill ${kill}`, async () => {
          const { size } = new Set(await trial.sink.written(trial.topic))
          return { done: size >= enough, seen: size }
        })
        await trial.worker.kill()
        await trial.worker.start()
        await trial.configure(trial.config)
      }
      await trial.putNumbers(kills * slice, count)
      await trial.awaitWritten(count, 'allowed')
      await trial.awaitCommitted(count)
    },
  }
}

/** What comes while it is paused waits. */
export function pause(): SinkBehaviour {
  return {
    name: 'pause',
    async run(trial) {
      await trial.open()
      await trial.putNumbers(0, 10)
      await trial.awaitWritten(10, 'none')
      await trial.setState('pause')
      await trial.awaitState('PAUSED')
      await trial.putNumbers(10, 20)
      await Bun.sleep(1500)
      const { length } = await trial.sink.written(trial.topic)
      expectThat(length === 10, `${length - 10} records were written while it was paused`)
      await trial.setState('resume')
      await trial.awaitWritten(20, 'none')
    },
  }
}

/** Records with one more optional field follow. */
export function schemaChange(count: number): SinkBehaviour {
  return {
    name: 'schema change',
    async run(trial) {
      const { evolved } = trial.sink
      if (evolved === undefined) throw new Error('the suite is not told of an evolved record')
      await trial.open()
      await trial.putNumbers(0, count)
      await trial.put(Array.from({ length: count }, (_, i) => evolved.call(trial.sink, count + i)))
      // And back: both kinds may come for as long as producers of both run.
      await trial.putNumbers(2 * count, 3 * count)
      await trial.awaitWritten(3 * count, 'none')
    },
  }
}

/** Neither the log, at its most talkative, nor a status shows a secret, whether the connector runs or fails. */
export function secretsMasked(): SinkBehaviour {
  return {
    name: 'secrets masked',
    async run(trial) {
      const { secrets, target } = trial.sink
      if (secrets === undefined) throw new Error('the suite is not told of secrets')
      await trial.prepare()
      await trial.worker.fetch('/admin/loggers/root', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: '{"level":"TRACE"}',
      })
      await trial.putNumbers(0, 10)
      await trial.awaitWritten(10, 'none')
      await target?.stop()
      try {
        await trial.putNumbers(10, 20)
        if (target !== undefined) await Bun.sleep(2000)
      } finally {
        await target?.start()
      }
      await expectHidden(trial, secrets.call(trial.sink, trial.config))
    },
  }
}

/** A target that takes its time: memory stays bounded while far more waits than may, and all arrives. */
export function slowTarget(count: number, limitBytes: number): SinkBehaviour {
  return {
    name: 'slow target',
    async run(trial) {
      const { slow } = trial.sink
      if (slow === undefined) throw new Error('the suite is not told how the target becomes slow')
      await trial.open()
      await trial.putNumbers(0, 1)
      await trial.awaitWritten(1, 'none')
      const before = await trial.worker.memory()
      const release = await slow.call(trial.sink, trial.topic)
      let most = before
      try {
        await trial.putNumbers(1, count)
        for (let i = 0; i < 20; i++) {
          most = Math.max(most, await trial.worker.memory())
          await Bun.sleep(100)
        }
      } finally {
        await release()
      }
      expectThat(
        most - before <= limitBytes,
        `memory grew by ${most - before} bytes while the target was slow, more than ${limitBytes}`,
      )
      await trial.awaitWritten(count, 'allowed')
    },
  }
}
