import { expect, test } from 'bun:test'
import { causes, DataException, javaTrace, RetriableException } from '../../../src/data/errors.ts'
import { ErrorCounters } from '../../../src/pipeline/error-counters.ts'
import { ErrorOperator, type ErrorTolerance } from '../../../src/pipeline/error-operator.ts'
import { Interrupts } from '../../../src/pipeline/interrupts.ts'
import { ProcessingContext } from '../../../src/pipeline/processing-context.ts'

function operatorWith(settings: Partial<ErrorTolerance>, cancelled = new AbortController().signal) {
  const counters = new ErrorCounters()
  const operator = new ErrorOperator<string>({
    tolerance: 'none',
    retryTimeoutMs: 0,
    retryDelayMaxMs: 60_000,
    ...settings,
    task: 'c-0',
    counters,
    cancelled,
    interrupts: new Interrupts(),
    describe: original => `record ${original}`,
  })
  return { counters, operator }
}
const context = () => new ProcessingContext('r').at('TRANSFORMATION', 'a.Smt', 'transforms.x')
const thrown = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    error => error,
  )

test('an error that ends the task names its place in a frame and in the hint, not in the message', async () => {
  const { operator } = operatorWith({})
  const cause = new DataException('no')
  const error = await thrown(operator.recover(context(), () => null, cause))
  const place = 'stage TRANSFORMATION (transforms.x, a.Smt) of task c-0, record r'
  expect(javaTrace(error).split('\n').slice(0, 2)).toEqual([
    'org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler',
    `\tat ${place}`,
  ])
  expect(javaTrace(error)).toContain('\nCaused by: org.apache.kafka.connect.errors.DataException: no\n')
  expect(error.hint).toStartWith(`${place}. Correct the record`)
  expect(causes(error)).toBe(
    'org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler ← ' +
      'org.apache.kafka.connect.errors.DataException: no',
  )
})

test('the end of the stack is no matter of a record', async () => {
  const { operator, counters } = operatorWith({ tolerance: 'all' })
  const deep = (): number => deep() + 1
  const overflow = await thrown((async () => deep())())
  const failing = context()
  expect(await thrown(operator.recover(failing, () => null, overflow))).toBe(overflow)
  expect(failing.failed).toBe(false)
  expect(counters).toEqual(new ErrorCounters())
})

test('delays double from 300 ms; the last one ends at the deadline', async () => {
  const { operator } = operatorWith({ tolerance: 'all', retryTimeoutMs: 2000 })
  const times: number[] = []
  const start = performance.now()
  const again = () => {
    times.push(performance.now() - start)
    throw new RetriableException('r')
  }
  await operator.recover(context(), again, new RetriableException('r'))
  expect(times.length).toBe(3)
  for (const [i, at] of [300, 900, 2000].entries()) expect(times[i]!).toBeGreaterThanOrEqual(at - 2)
})

test('cancel ends the wait: the record is skipped without an error, also under tolerance none', async () => {
  const cancel = new AbortController()
  const { operator, counters } = operatorWith({ retryTimeoutMs: -1 }, cancel.signal)
  let reports = 0
  operator.reporters = [
    {
      report() {
        reports++
        return null
      },
      room: () => null,
      settled: () => null,
      close: async () => {},
    },
  ]
  const failing = context()
  const recovered = operator.recover(failing, () => 'never', new RetriableException('r'))
  cancel.abort()
  expect(await recovered).toBeNull()
  expect(failing.failed).toBe(true)
  expect(reports).toBe(1)
  expect(counters).toMatchObject({ failures: 1, retries: 1, skipped: 1, errors: 1 })
})

test('what a plugin throws that is no error at all', async () => {
  const { operator } = operatorWith({})
  const error = await thrown(operator.recover(context(), () => null, undefined))
  expect(error.message).toBe('Tolerance exceeded in error handler')
})
