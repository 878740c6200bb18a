/** The conformance kit on the sink beside: `bunnect test http-post-sink.test.ts`. */
import { type SinkUnderTest, sinkSuite } from 'bunnect/testing'

interface Post {
  topic: string
  offset: number
  value: { number?: number }
}

/** By topic and offset, as a receiver that knows what it has already. */
const received = new Map<string, Map<number, number>>()
let open: PromiseWithResolvers<void> | null = null

async function take(request: Request): Promise<Response> {
  const posts = (await request.json()) as Post[]
  await open?.promise
  if (posts.some(({ value }) => value.number === undefined)) return new Response('no number', { status: 400 })
  for (const { topic, offset, value } of posts)
    received.getOrInsertComputed(topic, () => new Map()).set(offset, value.number!)
  return new Response(null, { status: 204 })
}

let server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: take })
const port = server.port!

const sink: SinkUnderTest = {
  name: 'HTTP sink',
  config: () => ({
    'connector.class': 'HttpPostSink',
    url: `http://127.0.0.1:${port}/`,
    'timeout.ms': '30000',
  }),
  record: (number, bytes = 0) => ({ value: { number, filling: '.'.repeat(bytes) } }),
  written: async place => [...(received.get(place)?.values() ?? [])],
  redelivery: 'nothing',
  bad: () => ({ value: { text: 'no number' } }),
  evolved: number => ({ value: { number, more: true } }),
  system: {
    stop: () => server.stop(true),
    async start() {
      server = Bun.serve({ hostname: '127.0.0.1', port, fetch: take })
    },
  },
  async slow() {
    open = Promise.withResolvers()
    return async () => {
      open?.resolve()
      open = null
    }
  },
}

export default sinkSuite(sink)
