/** What any connector should do, source or sink. Each is a factory, so that a suite names how much of it. */
import { expectThat } from './expectation.ts'
import { expectHidden } from './secrets.ts'
import type { Behaviour } from './suite.ts'
import type { Trial } from './trial.ts'

/** Starts and stops without a record and without a word of trouble; nothing has arrived. */
export function openClose(): Behaviour<Trial> {
  return {
    name: 'open and close',
    async run(trial) {
      await trial.open()
      await trial.delete()
      await trial.worker.stop()
      const troubles = (await trial.worker.log()).split('\n').filter(line => / (?:ERROR|FATAL) /.test(line))
      expectThat(troubles.length === 0, `the log tells of trouble: ${troubles.join('\n')}`)
      await expectArrived(trial, 0, 'without any being there')
    },
  }
}

/** With nothing to do the task runs on, and nothing arrives. */
export function empty(): Behaviour<Trial> {
  return {
    name: 'empty',
    async run(trial) {
      await trial.open()
      // Polls, or calls of `put` without records, and a commit have been.
      await Bun.sleep(1500)
      await trial.awaitState('RUNNING')
      await expectArrived(trial, 0, 'without any being there')
    },
  }
}

/** A record arrives, once; a sink's offset is committed. */
export function one(): Behaviour<Trial> {
  return {
    name: 'one record',
    async run(trial) {
      await trial.open()
      await trial.add(0, 1)
      await trial.awaitAll(1, 'none')
    },
  }
}

/** Those that wait already and such that come later arrive once, in their order. */
export function batch(count: number): Behaviour<Trial> {
  const half = Math.floor(count / 2)
  return {
    name: `batch of ${count}`,
    async run(trial) {
      await trial.add(0, half)
      await trial.open()
      await trial.awaitAll(half, 'none')
      await trial.add(half, count)
      await trial.awaitAll(count, 'none')
    },
  }
}

/** What the connector reads or writes goes away in the middle of `count` records and comes back: all arrive, and the task runs. */
export function reconnect(count: number): Behaviour<Trial> {
  const half = Math.floor(count / 2)
  return {
    name: `reconnect in the middle of ${count}`,
    needs: 'system',
    async run(trial) {
      await trial.add(0, half)
      await trial.open()
      await trial.awaitAll(half, 'none')
      await trial.outage(half, count)
      await trial.awaitAll(count, 'allowed')
      await trial.awaitState('RUNNING')
    },
  }
}

/** SIGKILL while records flow: none is missing, none out of order; twice only what was not committed. */
export function killAndResume(count: number, kills: number): Behaviour<Trial> {
  return {
    name: `kill and resume, ${kills} of ${count}`,
    async run(trial) {
      await trial.open()
      const slice = Math.floor(count / (kills + 1))
      for (let kill = 1; kill <= kills; kill++) {
        await trial.add((kill - 1) * slice, kill * slice)
        await trial.awaitSome((kill - 1) * slice + Math.floor((slice * kill) / (kills + 1)))
        await trial.worker.kill()
        await trial.startAgain()
      }
      await trial.add(kills * slice, count)
      await trial.awaitAll(count, 'allowed')
    },
  }
}

/** Stopped in good order and started again: nothing arrives twice. */
export function restart(): Behaviour<Trial> {
  return {
    name: 'stop and start again',
    async run(trial) {
      await trial.add(0, 10)
      await trial.open()
      await trial.awaitAll(10, 'none')
      await trial.worker.stop()
      await trial.add(10, 20)
      await trial.startAgain()
      await trial.awaitAll(20, 'none')
    },
  }
}

/**
 * Its offsets are taken back while it is stopped: it begins anew, and all comes once more, no record more often. A target
 * that has a record but once ends as it was.
 */
export function offsetsReset(count: number): Behaviour<Trial> {
  return {
    name: `offsets reset behind ${count}`,
    async run(trial) {
      await trial.add(0, count)
      await trial.open()
      await trial.awaitAll(count, 'none')
      await trial.worker.stop()
      await trial.resetOffsets()
      await trial.startAgain()
      await trial.awaitAgain(count)
      await trial.awaitState('RUNNING')
    },
  }
}

/** What comes while it is paused waits. */
export function pause(): Behaviour<Trial> {
  return {
    name: 'pause',
    async run(trial) {
      await trial.add(0, 10)
      await trial.open()
      await trial.awaitAll(10, 'none')
      await trial.setState('pause')
      await trial.awaitState('PAUSED')
      await trial.add(10, 20)
      await Bun.sleep(1500)
      await expectArrived(trial, 10, 'though it was paused')
      await trial.setState('resume')
      await trial.awaitAll(20, 'none')
    },
  }
}

/** Neither the log, at its most talkative, nor a status shows a secret, whether the connector runs or fails. */
export function secretsMasked(): Behaviour<Trial> {
  return {
    name: 'secrets masked',
    needs: 'secrets',
    async run(trial) {
      await trial.prepare()
      await trial.request('/admin/loggers/root', { level: 'TRACE' })
      await trial.add(0, 10)
      await trial.awaitAll(10, 'none')
      await trial.outage(10, 20)
      await trial.awaitAll(20, 'allowed')
      await expectHidden(trial)
    },
  }
}

async function expectArrived(trial: Trial, count: number, circumstance: string): Promise<void> {
  const { length } = await trial.arrived()
  expectThat(length === count, `${length - count} records arrived ${circumstance}`)
}
