import type { Joined } from '../../group/membership.ts'
import { ElsewhereError, LacksPluginError } from '../errors.ts'

/**
 * What to throw where a configuration is refused: for want of plugins alone it is for the leader to judge, which may
 * have them. Ours: a JVM worker refuses what it cannot load itself.
 */
export function refusedOrElsewhere(error: unknown, current: Joined | null): unknown {
  if (!(error instanceof LacksPluginError) || current === null || current.isLeader) return error
  return new ElsewhereError(current.assignment.leaderUrl)
}
