/** What is run of one connector, or is to be run. A revision tells a configuration from the one that has replaced it. */
export interface Share {
  /** The revision of the connector's configuration; null where its object is not here. */
  connector: number | null
  /** The revision of its configuration by task number. */
  tasks: ReadonlyMap<number, number>
}

export interface Steps {
  stopConnector: boolean
  stopTasks: number[]
  startConnector: boolean
  startTasks: number[]
}

export const NOTHING: Share = { connector: null, tasks: new Map() }

/** What leads from what runs to what is to run; null where nothing has to be done. */
export function stepsBetween(running: Share, wanted: Share): Steps | null {
  const changed = running.connector !== wanted.connector
  const steps: Steps = {
    stopConnector: changed && running.connector !== null,
    startConnector: changed && wanted.connector !== null,
    stopTasks: [...running.tasks].flatMap(([task, revision]) =>
      wanted.tasks.get(task) === revision ? [] : [task],
    ),
    startTasks: [...wanted.tasks].flatMap(([task, revision]) =>
      running.tasks.get(task) === revision ? [] : [task],
    ),
  }
  return changed || steps.stopTasks.length > 0 || steps.startTasks.length > 0 ? steps : null
}
