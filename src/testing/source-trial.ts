import { parseConfig } from '../sdk/index.ts'
import type { Config } from '../sdk/plugin.ts'
import type { Environment, RawRecord } from './environment.ts'
import { eventually } from './eventually.ts'
import { expectNumbers, expectThat } from './expectation.ts'
import type { SourceUnderTest } from './source-suite.ts'
import { Trial } from './trial.ts'

/** How long a system that can be taken away is away. */
const OUTAGE_MS = 1500

/** One behaviour of a source. */
export class SourceTrial extends Trial {
  readonly source: SourceUnderTest

  constructor(source: SourceUnderTest, environment: Environment, behaviour: string) {
    super(source, environment, behaviour)
    this.source = source
  }

  async add(from: number, to: number, bytes?: number): Promise<void> {
    await this.make()
    await this.source.add(this.name, from, to, bytes)
  }

  async arrived(): Promise<number[]> {
    return this.numbersOf(await this.environment.read(this.name))
  }

  numbersOf(records: readonly RawRecord[]): number[] {
    return records.map(({ key, value }) => this.source.numberOf(parsed(value), parsed(key)))
  }

  async awaitAll(count: number, repeats: 'allowed' | 'none'): Promise<void> {
    expectNumbers(await this.awaitSome(count), count, repeats)
  }

  async outage(from: number, to: number): Promise<void> {
    await this.source.system?.stop()
    await Bun.sleep(OUTAGE_MS)
    await this.source.system?.start()
    await this.add(from, to)
  }

  async resetOffsets(): Promise<void> {
    const stored = await this.worker.offsets(this.name)
    expectThat(
      stored.some(({ offset }) => offset !== null),
      'no offset is stored though records were sent and the worker was stopped in good order',
    )
    const { plugin } = this.source
    if (plugin?.alterOffsets) {
      const keys = parseConfig(plugin.config, this.config)
      plugin.alterOffsets(
        keys,
        stored.map(({ partition }) => ({ partition, offset: null })),
      )
    }
    await this.worker.forgetOffsets(this.name)
  }

  async awaitAgain(count: number): Promise<void> {
    await eventually(`${count} records once more`, async () => {
      const seen = await this.environment.count(this.name)
      return { done: seen >= 2 * count, seen }
    })
    const found = await this.arrived()
    expectNumbers(found.slice(0, count), count, 'none')
    expectNumbers(found.slice(count), count, 'none')
  }

  protected async makePlace(): Promise<void> {
    await this.source.prepare(this.name)
  }

  protected ownConfig(): Config {
    return {}
  }

  protected workerConfig(): Config {
    return { 'key.converter.schemas.enable': 'false', 'value.converter.schemas.enable': 'false' }
  }
}

function parsed(bytes: Uint8Array | null): unknown {
  return bytes === null ? null : JSON.parse(Buffer.from(bytes).toString())
}
