import { expect, test } from 'bun:test'
import { parseConfig, pause } from '#bunnect'
import { confluentSourceKeys } from '../../../connectors/jdbc/source/confluent-keys.ts'
import { confluentSettings } from '../../../connectors/jdbc/source/settings.ts'

test('a pause of more than a timer can hold does not end at once', async () => {
  const stop = new AbortController()
  let ended = false
  const paused = pause(2 ** 40, stop.signal).then(() => {
    ended = true
  })
  // A timer that overflows fires before this one.
  await new Promise(resolve => setTimeout(resolve, 20))
  expect(ended).toBe(false)
  stop.abort()
  await paused
})

test('no wait is none, whatever its key says', () => {
  const config = {
    'connection.url': 'jdbc:sqlite:x',
    mode: 'bulk',
    'topic.prefix': 't-',
    'poll.interval.ms': '-1',
    'table.poll.interval.ms': '0',
    'connection.backoff.ms': '-5',
  }
  expect(confluentSettings(parseConfig(confluentSourceKeys, config), config)).toMatchObject({
    pollIntervalMs: 1,
    tablePollIntervalMs: 100,
    attemptBackoffMs: 1,
  })
})
