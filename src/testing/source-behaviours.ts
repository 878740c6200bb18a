/** What any source should do. Each is a factory, so that a suite names how much of it. */
import { commonBehaviours } from './common-behaviours.ts'
import { eventually } from './eventually.ts'
import { expectNumbers, expectThat } from './expectation.ts'
import { expectBounded, expectTooMuch, MUCH_MS } from './memory.ts'
import type { SourceBehaviour } from './source-suite.ts'

export * from './behaviours.ts'

/** All of them, at sizes that any system takes in its stride. */
export function everySourceBehaviour(): SourceBehaviour[] {
  return [
    ...commonBehaviours(),
    partialFailure(100),
    schemaChange(100),
    backPressure(450_000_000, 350_000_000),
  ]
}

/** What was read before one that cannot be read is in the topic; the task fails and says which it is. */
export function partialFailure(count: number): SourceBehaviour {
  return {
    name: `partial failure behind ${count}`,
    needs: 'bad',
    async run(trial) {
      await trial.add(0, count)
      await trial.open()
      await trial.awaitAll(count, 'none')
      const { named } = await trial.source.bad!(trial.name)
      const trace = await trial.awaitFailure()
      expectThat(named.test(trace), `the trace does not show ${named}: ${trace}`)
      await trial.awaitAll(count, 'none')
    },
  }
}

/** Items with one more field follow. */
export function schemaChange(count: number): SourceBehaviour {
  return {
    name: 'schema change',
    needs: 'evolve',
    async run(trial) {
      await trial.add(0, count)
      await trial.open()
      await trial.awaitAll(count, 'none')
      await trial.source.evolve!(trial.name)
      await trial.add(count, 2 * count)
      await trial.awaitAll(2 * count, 'none')
      await trial.awaitState('RUNNING')
    },
  }
}

/**
 * So many bytes wait for a Kafka that takes little of them, where it can be slowed down: at most `limit` of memory is
 * used for them, and all arrive.
 */
export function backPressure(bytes: number, limit: number): SourceBehaviour {
  const each = 2000
  const count = Math.ceil(bytes / each)
  return {
    name: `back-pressure, ${bytes} bytes`,
    async run(trial) {
      await trial.open()
      const release = await trial.environment.slowProducer?.(`connector-producer-${trial.name}-0`)
      await expectBounded(trial.worker, limit, async () => {
        try {
          await trial.add(0, count, each)
          // As long as a worker without bounds needs to take it all in.
          if (release) await Bun.sleep(3000)
        } finally {
          await release?.()
        }
        const arrived = async () => {
          const seen = await trial.environment.count(trial.name)
          return { done: seen >= count, seen }
        }
        await eventually(`${count} records to arrive`, arrived, MUCH_MS)
      })
      await trial.worker.stop()
      const records = await trial.environment.read(trial.name)
      expectTooMuch(
        records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
        limit,
      )
      expectNumbers(trial.numbersOf(records), count, 'none')
    },
  }
}
