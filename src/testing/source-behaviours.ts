/** What any source should do. Each is a factory, so that a suite names how much of it. */
import { eventually } from './eventually.ts'
import { expectThat } from './expectation.ts'
import { expectHidden } from './secrets.ts'
import type { SourceBehaviour } from './source-suite.ts'

/** Starts and stops with nothing to read and without a word of trouble; the topic stays empty. */
export function openClose(): SourceBehaviour {
  return {
    name: 'open and close',
    async run(trial) {
      await trial.open()
      await trial.delete()
      await trial.worker.stop()
      const troubles = (await trial.worker.log()).split('\n').filter(line => / (?:ERROR|FATAL) /.test(line))
      expectThat(troubles.length === 0, `the log tells of trouble: ${troubles.join('\n')}`)
      expectThat((await trial.sent()).length === 0, 'the topic has records')
    },
  }
}

/** With nothing to read the task runs on, and is not busy with it. */
export function empty(): SourceBehaviour {
  return {
    name: 'empty',
    async run(trial) {
      await trial.open()
      // Some polls and a commit have been.
      await Bun.sleep(1500)
      await trial.awaitState('RUNNING')
      expectThat((await trial.sent()).length === 0, 'the topic has records')
    },
  }
}

/** An item is in the topic, once. */
export function one(): SourceBehaviour {
  return {
    name: 'one record',
    async run(trial) {
      await trial.open()
      await trial.source.add(trial.place, 0, 1)
      await trial.awaitSent(1, 'none')
    },
  }
}

/** Items that are there already and such that come later are in the topic once, in their order. */
export function batch(count: number): SourceBehaviour {
  return {
    name: `batch of ${count}`,
    async run(trial) {
      await trial.open(count / 2)
      await trial.awaitSent(count / 2, 'none')
      await trial.source.add(trial.place, count / 2, count)
      await trial.awaitSent(count, 'none')
    },
  }
}

/** What was read before one that cannot be read is in the topic; the task fails and says which it is. */
export function partialFailure(count: number): SourceBehaviour {
  return {
    name: `partial failure behind ${count}`,
    async run(trial) {
      const { bad } = trial.source
      if (bad === undefined) throw new Error('the suite is not told of an item that cannot be read')
      await trial.open(count)
      await trial.awaitSent(count, 'none')
      const { named } = await bad.call(trial.source, trial.place)
      const trace = await trial.awaitFailure()
      expectThat(named.test(trace), `the trace does not show ${named}: ${trace}`)
      await trial.awaitSent(count, 'none')
    },
  }
}

/** The system goes away and comes back: all is sent, and the task runs. */
export function reconnect(count: number): SourceBehaviour {
  return {
    name: `reconnect in the middle of ${count}`,
    async run(trial) {
      const { system } = trial.source
      if (system === undefined) throw new Error('the suite is not told how the system is taken away')
      await trial.open(count / 2)
      await trial.awaitSent(count / 2, 'none')
      await system.stop()
      await Bun.sleep(1500)
      await system.start()
      await trial.source.add(trial.place, count / 2, count)
      await trial.awaitSent(count, 'allowed')
      await trial.awaitState('RUNNING')
    },
  }
}

/** SIGKILL while records flow: none is missing, none out of order; twice only what was not committed. */
export function killAndResume(count: number, kills: number): SourceBehaviour {
  return {
    name: `kill and resume, ${kills} of ${count}`,
    async run(trial) {
      await trial.open()
      const slice = Math.floor(count / (kills + 1))
      for (let kill = 1; kill <= kills; kill++) {
        await trial.source.add(trial.place, (kill - 1) * slice, kill * slice)
        const enough = (kill - 1) * slice + Math.floor((slice * kill) / (kills + 1))
        await eventually(`${enough} records before kill ${kill}`, async () => {
          const { size } = new Set(await trial.sent())
          return { done: size >= enough, seen: size }
        })
        await trial.worker.kill()
        await trial.worker.start()
        await trial.configure(trial.config)
      }
      await trial.source.add(trial.place, kills * slice, count)
      await trial.awaitSent(count, 'allowed')
    },
  }
}

/** What comes while it is paused waits. */
export function pause(): SourceBehaviour {
  return {
    name: 'pause',
    async run(trial) {
      await trial.open(10)
      await trial.awaitSent(10, 'none')
      await trial.setState('pause')
      await trial.awaitState('PAUSED')
      await trial.source.add(trial.place, 10, 20)
      await Bun.sleep(1500)
      const { length } = await trial.sent()
      expectThat(length === 10, `${length - 10} records were sent while it was paused`)
      await trial.setState('resume')
      await trial.awaitSent(20, 'none')
    },
  }
}

/** Stopped in good order and started again: nothing is sent twice. */
export function restart(): SourceBehaviour {
  return {
    name: 'stop and start again',
    async run(trial) {
      await trial.open(10)
      await trial.awaitSent(10, 'none')
      await trial.worker.stop()
      await trial.source.add(trial.place, 10, 20)
      await trial.worker.start()
      await trial.configure(trial.config)
      await trial.awaitSent(20, 'none')
    },
  }
}

/** Items with one more field follow. */
export function schemaChange(count: number): SourceBehaviour {
  return {
    name: 'schema change',
    async run(trial) {
      const { evolve } = trial.source
      if (evolve === undefined) throw new Error('the suite is not told how items change')
      await trial.open(count)
      await trial.awaitSent(count, 'none')
      await evolve.call(trial.source, trial.place)
      await trial.source.add(trial.place, count, 2 * count)
      await trial.awaitSent(2 * count, 'none')
      await trial.awaitState('RUNNING')
    },
  }
}

/** Neither the log, at its most talkative, nor a status shows a secret, whether the connector runs or fails. */
export function secretsMasked(): SourceBehaviour {
  return {
    name: 'secrets masked',
    async run(trial) {
      const { secrets, system } = trial.source
      if (secrets === undefined) throw new Error('the suite is not told of secrets')
      await trial.prepare(10)
      await trial.worker.fetch('/admin/loggers/root', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: '{"level":"TRACE"}',
      })
      await trial.awaitSent(10, 'none')
      if (system !== undefined) {
        await system.stop()
        await Bun.sleep(1500)
        await system.start()
      }
      await expectHidden(trial, secrets.call(trial.source, trial.config))
    },
  }
}

/** Far more to read than may be in memory: it stays bounded. */
export function backPressure(count: number, limitBytes: number): SourceBehaviour {
  return {
    name: `back-pressure, ${count} records`,
    async run(trial) {
      await trial.open()
      const before = await trial.worker.memory()
      await trial.source.add(trial.place, 0, count)
      let most = before
      await eventually(
        `${count} records in the topic`,
        async () => {
          most = Math.max(most, await trial.worker.memory())
          const { length } = await trial.environment.read(trial.place)
          return { done: length >= count, seen: length }
        },
        180_000,
        200,
      )
      expectThat(
        most - before <= limitBytes,
        `memory grew by ${most - before} bytes, more than ${limitBytes}`,
      )
    },
  }
}
