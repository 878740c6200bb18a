/** The section about the names under which producers write in transactions. */
import {
  leaderTransactionalId,
  taskTransactionalId,
} from '../../../src/herder/distributed/transactional-ids.ts'
import { type Section, whole } from './section.ts'

/** By whose it is, such as `task(group=g,connector=c,task=3)`. */
type NamesVector = Readonly<Record<string, string>>

const names: Section = whole((expected: NamesVector) => ({
  expected,
  got: Object.fromEntries(Object.keys(expected).map(whose => [whose, nameOf(whose)])),
}))

function nameOf(whose: string): string | null {
  const {
    leader,
    group = '',
    connector = '',
    task,
  } = /^(?:(?<leader>leader)|task)\(group=(?<group>.*?)(?:,connector=(?<connector>.*),task=(?<task>\d+))?\)$/.exec(
    whose,
  )?.groups ?? {}
  if (leader) return leaderTransactionalId(group)
  return task === undefined ? null : taskTransactionalId(group, { connector, task: Number(task) })
}

export const transactionSections: Readonly<Record<string, Section>> = { 'misc.transactionalIds': names }
