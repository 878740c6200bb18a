import { until } from '../../servers/run.ts'
import { type Account, account, type Life } from './account.ts'

/** The account once nothing is missing any more; with what is missing when waiting does not help. */
export async function finalAccount(
  ends: readonly number[],
  lives: () => Promise<readonly Life[]>,
): Promise<Account> {
  const whole = async () => account(ends, await lives())
  await until('every record', async () => (await whole()).lost.length === 0).catch(() => null)
  return whole()
}
