/**
 * Statistics over windows give the numbers of Kafka's own classes: java/MetricSensors.java printed them for these steps.
 * A step is [time, value] for a value that came, or [time, [avg, max, min, rate, total, value, false, true]] for a look.
 */
import { expect, test } from 'bun:test'
import { Sensor, type Stat } from '../../src/observe/metrics/sensor.ts'
import runs from './vectors/kafka-metric-sensors.json'

const STATS: Stat[] = ['avg', 'max', 'min', 'rate', 'total', 'value']
const all = Object.fromEntries([...STATS, 'success'].map(stat => [stat, true]))

for (const [i, { samples, windowMs, steps }] of runs.entries()) {
  test(`run ${i}: ${samples} samples of ${windowMs} ms`, () => {
    const sensor = new Sensor(all, { samples, windowMs })
    const outcomes = new Sensor({ success: true, failure: true }, { samples, windowMs })
    for (const [time, what] of steps as [number, number | (number | null)[]][]) {
      if (typeof what === 'number') {
        sensor.record(what, time)
        outcomes.record(what > 0 ? 1 : 0, time)
        continue
      }
      const measured = [
        ...STATS.map(stat => sensor.measure(stat, time)),
        outcomes.measure('failure', time),
        outcomes.measure('success', time),
      ]
      for (const [k, value] of measured.entries()) {
        const expected = what[k] ?? Number.NaN
        if (Number.isNaN(expected)) expect(value).toBeNaN()
        // Java adds and divides in another order.
        else expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
      }
    }
  })
}
