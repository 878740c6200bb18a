import { dieWithParent } from '../../worker/hosts/child/die-with-parent.ts'
import { EXIT, Failure } from '../exit.ts'
import { isEmbedded } from '../host-settings.ts'
import { runWorker } from '../run-worker.ts'
import { answerTo, type Started, type TopicCall } from './topic-calls.ts'
import { kitTopics } from './topics.ts'

/** The inside of a worker that `bunnect test` starts: a standalone one that lets the kit at its embedded log. */
export async function kitWorker([parent = '', file = '']: string[]): Promise<number> {
  const send = process.send?.bind(process)
  if (!send || !/^\d+$/.test(parent) || !file)
    throw new Failure(EXIT.usage, 'such a worker is started by bunnect test, not by hand', {
      hint: 'bunnect standalone worker.properties starts a worker.',
    })
  if (!dieWithParent(Number(parent))) return EXIT.ok
  return await runWorker(
    'standalone',
    { worker: file, connectors: [] },
    undefined,
    ({ kafka, urls }, { raw }) => {
      if (isEmbedded(raw)) {
        const topics = kitTopics(kafka, {})
        process.on('message', async (call: TopicCall) => send(await answerTo(call, topics)))
      }
      send({ url: urls[0]! } satisfies Started)
    },
  )
}
