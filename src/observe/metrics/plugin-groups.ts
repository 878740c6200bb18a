import { masked } from '../secrets.ts'
import type { PluginValue } from './plugin-meters.ts'
import type { MetricGroup, Metrics } from './registry.ts'
import { groupTemplate } from './template.ts'

interface Shown {
  /** Which metrics with which tags. */
  form: string
  values: readonly PluginValue[]
  groups: MetricGroup[]
}

/** The group `plugins`: what plugins of connectors' objects and tasks measure of themselves (KIP-877). */
export class PluginGroups {
  readonly #metrics: Metrics
  readonly #shown = new Map<string, Shown>()

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** All metrics of one connector's object or task, in place of those that it has told before. */
  show(owner: string, values: readonly PluginValue[]): void {
    const form = JSON.stringify(values.map(({ name, tags }) => [name, tags]))
    const known = this.#shown.get(owner)
    if (known?.form === form) {
      known.values = values
      return
    }
    this.remove(owner)
    const shown: Shown = { form, values, groups: [] }
    const indexes = Map.groupBy(values.keys(), i => JSON.stringify(values[i]!.tags))
    for (const of of indexes.values()) {
      const { tags } = values[of[0]!]!
      const template = groupTemplate(
        'plugins',
        tags.map(([tag]) => tag),
        { gauges: Object.fromEntries(of.map(i => [values[i]!.name, values[i]!.doc])) },
      )
      const gauges = Object.fromEntries(of.map(i => [values[i]!.name, () => shown.values[i]!.value]))
      // Invariant 5: a plugin knows secrets.
      const texts = tags.map(([, value]) => masked(value))
      shown.groups.push(this.#metrics.add(template, texts, gauges))
    }
    if (values.length > 0) this.#shown.set(owner, shown)
  }

  remove(owner: string): void {
    for (const group of this.#shown.get(owner)?.groups ?? []) this.#metrics.remove(group)
    this.#shown.delete(owner)
  }
}
