import { javaTrace } from '../data/errors.ts'
import { logger } from '../observe/log.ts'
import { dieWithParent } from '../worker/hosts/child/die-with-parent.ts'
import { HostProcess } from '../worker/hosts/child/host-process.ts'
import { superviseErrors } from '../worker/hosts/child/stray-errors.ts'
import { closeWayOut } from '../worker/hosts/child/way-out.ts'
import { builtInList } from './builtins.ts'
import { EXIT, Failure } from './exit.ts'
import { openKafka } from './kafka.ts'

const log = logger('bunnect.worker.hosts.HostProcess')

/**
 * The inside of a task host: what `bunnect standalone` starts for the code of plugins. Never resolves; the worker
 * ends it, or the kernel does when the worker has ended.
 */
export async function taskHost([parent]: string[]): Promise<never> {
  const send = process.send?.bind(process)
  if (!send || !/^\d+$/.test(parent ?? ''))
    throw new Failure(EXIT.usage, 'a task host is started by a worker, not by hand', {
      hint: 'bunnect standalone worker.properties starts a worker.',
    })
  if (!dieWithParent(Number(parent))) process.exit(EXIT.ok)
  // A terminal and systemd tell the whole group: it is the worker that stops a host, in order.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
  const wayOut = closeWayOut(error => host.blame(error))
  const host = new HostProcess({ builtIns: builtInList, openKafka }, wayOut, bytes => send(bytes))
  process.on('disconnect', () => wayOut.exit(EXIT.ok))
  superviseErrors(error => host.blame(error))
  process.on('message', bytes => {
    try {
      host.receive(bytes)
    } catch (error) {
      log.error(`A message of the worker cannot be understood: ${javaTrace(error)}`)
    }
  })
  return await new Promise<never>(() => {})
}
