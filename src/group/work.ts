/** What members hold, as sets. */
import type { Assignment, ConnectProtocol, GroupTask, Work } from './membership.ts'

/** What `from` has and `gone` has not, in the order of `from`. */
export function without(from: Work, gone: Work): Work {
  const connectors = new Set(gone.connectors)
  const tasks = new Set(gone.tasks.map(taskKey))
  return {
    connectors: from.connectors.filter(connector => !connectors.has(connector)),
    tasks: from.tasks.filter(task => !tasks.has(taskKey(task))),
  }
}

/**
 * What a member holds once a round is complete: with an incremental protocol what is new, then what it keeps; with
 * the eager one what it has just been given. Java: WorkerCoordinator.onJoinComplete
 */
export function heldAfter(held: Work | null, assignment: Assignment, protocol: ConnectProtocol): Work {
  const { assigned, revoked } = assignment
  if (protocol === 'eager' || held === null) return assigned
  const kept = without(held, revoked)
  // Something that is given to whom it already belongs is held once.
  const added = without(assigned, kept)
  return {
    connectors: [...added.connectors, ...kept.connectors],
    tasks: [...added.tasks, ...kept.tasks],
  }
}

/** Without what is there twice. */
export function once({ connectors, tasks }: Work): Work {
  return {
    connectors: [...new Set(connectors)],
    tasks: [...new Map(tasks.map(task => [taskKey(task), task])).values()],
  }
}

export function noWork(): Work {
  return { connectors: [], tasks: [] }
}

export function isEmpty({ connectors, tasks }: Work): boolean {
  return connectors.length === 0 && tasks.length === 0
}

function taskKey({ connector, task }: GroupTask): string {
  return `${task}-${connector}`
}
