/** A child process as far as it matters to who comes next. */
export interface HostLoad {
  /** Share of one core that its event loop takes, 0 … 1, with what newcomers are expected to take. */
  busy: number
  /** Connector objects and tasks. */
  actors: number
  /** The names of their connectors, and whether each runs code that is not compiled in. */
  connectors: ReadonlyMap<string, boolean>
}

/** Three quarters busy: the next one goes elsewhere if there may be another. */
const FULL = 0.75

/**
 * Which host takes a connector's object or a task of it: an index, or -1 for a new host. Code that is not compiled in
 * has a host without other connectors as long as `most` allows.
 */
export function chooseHost(
  hosts: readonly HostLoad[],
  wanted: { connector: string; outside: boolean },
  most: number,
): number {
  const fits = wanted.outside
    ? hosts.filter(host => host.connectors.size === 0 || isOnlyOf(host, wanted.connector))
    : hosts.filter(host => ![...host.connectors.values()].includes(true))
  const best = leastBusy(fits)
  if (best && best.busy < FULL) return hosts.indexOf(best)
  if (hosts.length < most) return -1
  return hosts.indexOf(best ?? leastBusy(hosts)!)
}

function isOnlyOf(host: HostLoad, connector: string): boolean {
  return host.connectors.size === 1 && host.connectors.has(connector)
}

function leastBusy(hosts: readonly HostLoad[]): HostLoad | undefined {
  return hosts.toSorted((a, b) => a.busy - b.busy || a.actors - b.actors)[0]
}
