/** A source: asks a web address for what is new and goes on where it stopped, also after a restart. */
import {
  atLeast,
  ConnectException,
  key,
  RetriableException,
  SourceRecord,
  STRING_SCHEMA,
  sourceConnector,
} from 'bunnect'

/** What the address answers: the entries after `since`, oldest first. */
interface Entry {
  id: number
  [field: string]: unknown
}

export const httpPollSource = sourceConnector({
  className: 'example.HttpPollSourceConnector',
  taskClassName: 'example.HttpPollSourceTask',
  version: '1.0.0',
  doc: 'Polls GET <url>?since=<id> for a JSON array of entries.',
  config: {
    url: key.string({ doc: 'Address to poll.', importance: 'high' }),
    topic: key.string({ doc: 'Topic to write to.', importance: 'high' }),
    token: key.password({ doc: 'Bearer token.', importance: 'medium', optional: true }),
    'poll.interval.ms': key.long({
      doc: 'Pause after an answer without entries.',
      importance: 'low',
      default: 1000,
      validator: atLeast(1),
    }),
  },
  // What no single key's validator can see.
  validate: config =>
    config['token'] && !config['url']?.startsWith('https:') && !config['url']?.includes('//127.0.0.1')
      ? [{ key: 'url', message: 'A token may only be sent over https.' }]
      : [],
  exactlyOnceSupport: () => 'SUPPORTED',
  task({ url, topic, token, 'poll.interval.ms': pause }, context) {
    const partition = { url }
    let since = 0
    return {
      async start() {
        const offset = await context.offsets.offset(partition)
        since = Number(offset?.['since'] ?? 0)
        context.log.info(`Polling ${url} from entry ${since}`)
      },
      async poll() {
        const headers: Record<string, string> = token ? { authorization: `Bearer ${token.value()}` } : {}
        const answer = await fetch(`${url}?since=${since}`, { headers, signal: context.signal })
        // Tried again by the worker, while a ConnectException fails the task.
        if (answer.status >= 500) throw new RetriableException(`${url} answered ${answer.status}`)
        if (!answer.ok) throw new ConnectException(`${url} answered ${answer.status}`)
        const entries = (await answer.json()) as Entry[]
        if (entries.length === 0) {
          await Bun.sleep(pause)
          return null
        }
        return entries.map(entry => {
          since = entry.id
          return new SourceRecord(
            partition,
            { since },
            topic,
            null,
            STRING_SCHEMA,
            String(entry.id),
            null,
            entry,
          )
        })
      },
    }
  },
})
