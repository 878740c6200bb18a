import { afterEach, beforeEach, describe, expect, jest, setSystemTime, test } from 'bun:test'
import { RegistryUnreachable } from '../../../src/converters/registry/registry-errors.ts'
import {
  ConfigException,
  ConnectException,
  DataException,
  RetriableException,
} from '../../../src/data/errors.ts'
import { HerderError } from '../../../src/herder/errors.ts'
import { nextRestart, restartPolicy } from '../../../src/herder/restart-policy.ts'
import { Restarts, type RestartTarget } from '../../../src/herder/restarts.ts'
import { kafkaErrorByName } from '../../../src/kafka/protocol-errors.ts'
import { redirect } from '../../../src/observe/log.ts'
import { failure, HostException, isRetriable } from '../../../src/worker/failure.ts'
import { errorToWire, RemoteException } from '../../../src/worker/hosts/error-wire.ts'
import type { StatusListener, TargetState } from '../../../src/worker/status.ts'

describe('which causes may pass', () => {
  const network = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const cases: [string, unknown, boolean][] = [
    ['RetriableException', new RetriableException('later'), true],
    ['a cause that is one', new ConnectException('put failed', { cause: new RetriableException('x') }), true],
    ['a broker that is away', kafkaErrorByName('REQUEST_TIMED_OUT', 'no answer'), true],
    [
      'what a producer makes of it',
      new ConnectException('Unrecoverable', { cause: kafkaErrorByName('NETWORK_EXCEPTION', 'away') }),
      true,
    ],
    ['a host that ended', new HostException('killed'), true],
    ['a database that is away', new ConnectException('poll', { cause: network }), true],
    ['ConfigException', new ConfigException('missing'), false],
    ['DataException', new DataException('bad'), false],
    ['an unknown error', new Error('boom'), false],
    ['no error at all', 'text', false],
    ['a missing right', kafkaErrorByName('TOPIC_AUTHORIZATION_FAILED', 'no'), false],
    [
      'a bad record, whatever its operation failed with',
      new ConnectException('Tolerance exceeded in error handler', { cause: new RetriableException('x') }),
      false,
    ],
    [
      'a record whose operation asked somebody who was away',
      new ConnectException('Tolerance exceeded in error handler', {
        cause: new RetriableException('x', { cause: new RegistryUnreachable('registry', 'refused') }),
      }),
      true,
    ],
    [
      'a configuration error below a retriable one',
      new RetriableException('x', { cause: new ConfigException('y') }),
      false,
    ],
  ]
  for (const [name, error, expected] of cases) {
    test(name, () => {
      expect(isRetriable(error)).toBe(expected)
      // Another process is told the same.
      const remote = new RemoteException(JSON.parse(JSON.stringify(errorToWire(error))))
      expect(isRetriable(remote)).toBe(expected)
      expect(failure(error, '1').retriable).toBe(expected)
    })
  }
})

describe('when', () => {
  const policy = restartPolicy({ 'bunnect.restart.backoff.jitter': '0.5' }, {})
  test('each wait is twice the one before, up to the longest', () => {
    const waits = [0, 1, 2, 7, 8, 60].map(
      streak => nextRestart(policy, { streak, attempts: [] }, 1000, 0.5).at - 1000,
    )
    expect(waits).toEqual([2000, 4000, 8000, 256_000, 300_000, 300_000])
  })
  test('jitter stays within its part', () => {
    const wait = (random: number) => nextRestart(policy, { streak: 0, attempts: [] }, 0, random).at
    expect([wait(0), wait(0.5), wait(1)]).toEqual([1000, 2000, 3000])
  })
  test('a window without room makes it wait until the oldest restart is out of it', () => {
    const narrow = { ...policy, limit: 2, windowMs: 60_000 }
    const next = (attempts: number[]) => nextRestart(narrow, { streak: 0, attempts }, 50_000, 0.5)
    expect(next([10_000])).toEqual({ at: 52_000, isLimited: false })
    expect(next([10_000, 20_000])).toEqual({ at: 70_000, isLimited: true })
  })
  test("a connector's keys count more than the worker's", () => {
    const worker = { 'bunnect.restart.policy': 'never', 'bunnect.restart.limit': '3' }
    expect(restartPolicy(worker, { 'bunnect.restart.policy': 'always' })).toMatchObject({
      when: 'always',
      limit: 3,
    })
    expect(restartPolicy({}, {}).when).toBe('retriable')
  })
})

describe('restarts', () => {
  let lines: string[]
  let restore: () => void
  let restarts: Restarts
  let told: StatusListener
  let done: RestartTarget[]
  let target: TargetState | null
  let outcome: () => Promise<void>
  const id = { connector: 'c', task: 0 }
  const away = failure(new RetriableException('the database is away'), '1')
  const wrong = failure(new ConfigException('wrong'), '1')

  beforeEach(() => {
    jest.useFakeTimers()
    setSystemTime(new Date('2026-01-01T00:00:00Z'))
    lines = []
    restore = redirect(line => lines.push(line))
    done = []
    target = 'STARTED'
    outcome = async () => {}
    begin({})
  })
  afterEach(() => {
    restarts.close()
    restore()
    jest.useRealTimers()
    setSystemTime()
  })

  function begin(worker: Record<string, string>, connector: Record<string, string> = {}) {
    restarts = new Restarts({ worker, random: () => 0.5 })
    restarts.use({
      config: () => connector,
      target: () => target,
      isHere: ({ task }) => task !== 9,
      restart: async what => {
        done.push(what)
        await outcome()
      },
    })
    told = restarts.hearing({ connector() {}, task() {}, topic() {} })
  }

  async function pass(ms: number): Promise<void> {
    jest.advanceTimersByTime(ms)
    for (let i = 0; i < 10; i++) await Promise.resolve()
  }

  test('a task that is not here any more is not listed, whatever it failed with', () => {
    told.task({ connector: 'c', task: 9 }, 'FAILED', wrong)
    told.task(id, 'FAILED', wrong)
    expect(restarts.list().map(({ task }) => task)).toEqual([0])
  })

  test('the time until a restart is told as it was planned, also while the clock goes on', () => {
    let now = 1_000_000
    const ticking = new Restarts({ worker: {}, random: () => 0.5, now: () => now++ })
    ticking.hearing({ connector() {}, task() {}, topic() {} }).task(id, 'FAILED', away)
    ticking.close()
    expect(lines.join('')).toMatch(/will be restarted in \d+000 ms/)
  })

  test('a task that fails and fails again is restarted ever later, until it lasts', async () => {
    told.task(id, 'FAILED', away)
    expect(restarts.list()).toMatchObject([
      {
        connector: 'c',
        task: 0,
        state: 'waiting',
        attempts: 0,
        next_attempt: '2026-01-01T00:00:02.000Z',
        next_attempt_in_ms: 2000,
        last_error: 'org.apache.kafka.connect.errors.RetriableException: the database is away',
      },
    ])
    expect(lines[0]).toContain(
      'WARN [c|task-0] Task c-0 will be restarted in 2000 ms (restarts within 3600000 ms: 0 of 20). It failed with org.apache.kafka.connect.errors.RetriableException: the database is away',
    )
    await pass(1999)
    expect(done).toEqual([])
    await pass(1)
    expect(done).toEqual([id])
    told.task(id, 'RUNNING', { version: '1' })
    told.task(id, 'FAILED', away)
    expect(restarts.list()[0]).toMatchObject({ state: 'waiting', attempts: 1, next_attempt_in_ms: 4000 })
    await pass(4000)
    told.task(id, 'RUNNING', { version: '1' })
    expect(done).toHaveLength(2)
    expect(restarts.list()[0]).toMatchObject({ state: 'running', attempts: 2, next_attempt: null })
    await pass(300_000)
    told.task(id, 'FAILED', away)
    expect(restarts.list()[0]).toMatchObject({ next_attempt_in_ms: 2000, attempts: 2 })
    await pass(2000)
    told.task(id, 'RUNNING', { version: '1' })
    await pass(3_600_000)
    expect(restarts.list()).toEqual([])
  })

  test('a clock that is set changes when the next attempt is shown to be, and not when it is', async () => {
    for (const set of ['2025-12-31T12:00:00Z', '2026-01-02T00:00:00Z']) {
      done = []
      told.task(id, 'FAILED', away)
      const { next_attempt_in_ms: left } = restarts.list()[0]!
      setSystemTime(new Date(set))
      expect(restarts.list()).toMatchObject([
        { next_attempt_in_ms: left, next_attempt: new Date(Date.parse(set) + left!).toISOString() },
      ])
      await pass(left! - 1)
      expect(done).toEqual([])
      await pass(1)
      expect(done).toEqual([id])
    }
  })

  test('a cause that does not pass is never restarted, but for policy always', async () => {
    told.task(id, 'FAILED', wrong)
    await pass(10_000_000)
    expect(done).toEqual([])
    expect(restarts.list()).toMatchObject([
      {
        state: 'failed',
        next_attempt: null,
        reason: 'The cause does not pass by itself: mend it, then restart',
      },
    ])
    begin({}, { 'bunnect.restart.policy': 'always' })
    told.task(id, 'FAILED', wrong)
    await pass(2000)
    expect(done).toEqual([id])
  })

  test('policy never restarts nothing', async () => {
    begin({ 'bunnect.restart.policy': 'never' })
    told.connector('c', 'FAILED', away)
    await pass(10_000_000)
    expect(done).toEqual([])
    expect(restarts.list()[0]).toMatchObject({ task: null, reason: 'bunnect.restart.policy=never' })
  })

  test('the limit of a window is kept, and said', async () => {
    begin({
      'bunnect.restart.limit': '2',
      'bunnect.restart.window.ms': '100000',
      'bunnect.restart.backoff.max.ms': '2000',
    })
    for (let i = 0; i < 2; i++) {
      told.task(id, 'FAILED', away)
      await pass(2000)
    }
    told.task(id, 'FAILED', away)
    expect(done).toHaveLength(2)
    expect(restarts.list()[0]).toMatchObject({
      next_attempt: '2026-01-01T00:01:42.000Z',
      reason: 'bunnect.restart.limit=2 restarts within 100000 ms are used up',
    })
    await pass(97_999)
    expect(done).toHaveLength(2)
    await pass(1)
    expect(done).toHaveLength(3)
  })

  test('while its connector is paused it waits; resumed, it is restarted; stopped, it is forgotten', async () => {
    told.task(id, 'FAILED', away)
    target = 'PAUSED'
    restarts.targetChanged('c', 'PAUSED')
    await pass(10_000)
    expect(done).toEqual([])
    expect(restarts.list()[0]).toMatchObject({ state: 'paused', next_attempt: null })
    target = 'STARTED'
    restarts.targetChanged('c', 'STARTED')
    await pass(2000)
    expect(done).toEqual([id])
    told.task(id, 'FAILED', away)
    target = 'STOPPED'
    restarts.targetChanged('c', 'STOPPED')
    expect(restarts.list()).toEqual([])
    await pass(10_000)
    expect(done).toHaveLength(1)
  })

  test('a pause that nobody told of is seen when the time has come', async () => {
    told.task(id, 'FAILED', away)
    target = 'PAUSED'
    await pass(2000)
    expect(done).toEqual([])
    expect(restarts.list()[0]).toMatchObject({ state: 'paused' })
  })

  test('a person is faster, and begins the count anew', async () => {
    told.task(id, 'FAILED', away)
    told.task({ connector: 'c', task: 1 }, 'FAILED', away)
    restarts.forget('c', 0)
    expect(restarts.list().map(({ task }) => task)).toEqual([1])
    restarts.forget('c')
    await pass(10_000)
    expect(done).toEqual([])
  })

  test('another configuration begins the count anew, and what has failed gets its chance', async () => {
    told.task(id, 'FAILED', away)
    await pass(2000)
    told.task(id, 'FAILED', away)
    restarts.reconfigured('c')
    expect(restarts.list()[0]).toMatchObject({ attempts: 0, next_attempt_in_ms: 2000 })
  })

  test('what is gone or runs elsewhere is not restarted', async () => {
    told.task({ connector: 'c', task: 9 }, 'FAILED', away)
    await pass(2000)
    expect(restarts.list()).toEqual([])
    told.task(id, 'FAILED', away)
    target = null
    await pass(2000)
    expect(done).toEqual([])
    expect(restarts.list()).toEqual([])
  })

  test('a restart that cannot be done is attempted again; a worker that stops attempts nothing', async () => {
    outcome = async () => {
      throw new HerderError('TIMED_OUT', 'busy', 'then')
    }
    told.task(id, 'FAILED', away)
    await pass(2000)
    expect(restarts.list()[0]).toMatchObject({ state: 'waiting', attempts: 1, next_attempt_in_ms: 4000 })
    restarts.close()
    told.task(id, 'FAILED', away)
    await pass(100_000)
    expect(done).toHaveLength(1)
  })
})
