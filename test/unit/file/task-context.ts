import type { OffsetMap, SinkTaskContext, SourceTaskContext } from '#bunnect'
import { logger } from '../../../src/observe/log.ts'
import { PluginMeters } from '../../../src/observe/metrics/plugin-meters.ts'
import { printLine } from '../../../src/observe/output.ts'

/** What a source task gets from its worker, with this stored offset. */
export function sourceContext(
  stored: OffsetMap | null = null,
  signal = new AbortController().signal,
): SourceTaskContext {
  return {
    connectorName: 'file-test',
    task: 0,
    log: logger('test', 'file-test|task-0'),
    signal,
    configs: () => ({}),
    print: printLine,
    pluginMetrics: () => new PluginMeters().of(),
    offsets: { offset: async () => stored, offsets: async all => all.map(() => stored) },
  }
}

/** Waits until `check` gives something else than null or false. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  ms = 10_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + ms
  for (;;) {
    const value = await check()
    if (value !== null && value !== undefined && value !== false) return value as NonNullable<T>
    if (performance.now() > deadline) throw new Error(`Timed out: ${what}`)
    await Bun.sleep(5)
  }
}

/** What a sink task gets from its worker; the file sink asks for nothing of it but the log. */
export function sinkContext(): SinkTaskContext {
  const unused = () => {
    throw new Error('the file sink does not use this')
  }
  return {
    connectorName: 'file-test',
    task: 0,
    log: logger('test', 'file-test|task-0'),
    signal: new AbortController().signal,
    configs: () => ({}),
    print: printLine,
    pluginMetrics: () => new PluginMeters().of(),
    assignment: unused,
    offset: unused,
    timeout: unused,
    pause: unused,
    resume: unused,
    requestCommit: unused,
    errantRecordReporter: () => null,
  }
}
