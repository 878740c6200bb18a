import type { Context } from 'hono'
import type { Herder } from '../../herder/herder.ts'
import { empty, json } from '../answers.ts'
import type { Resource } from '../resource.ts'

/** Java: ConnectorsResource, the task endpoints. A task that is no number is an unknown path, as in Jersey. */
export function taskResources(herder: Herder): Resource[] {
  const named = (c: Context) => c.req.param('connector') as string
  const task = (c: Context) => Number(c.req.param('task'))
  return [
    {
      path: '/connectors/:connector/tasks',
      checksContentType: true,
      methods: { GET: { handler: async c => json(await herder.taskConfigs(named(c))) } },
    },
    {
      path: '/connectors/:connector/tasks/:task{-?[0-9]+}/status',
      checksContentType: true,
      methods: { GET: { handler: async c => json(await herder.taskStatus(named(c), task(c))) } },
    },
    {
      path: '/connectors/:connector/tasks/:task{-?[0-9]+}/restart',
      checksContentType: true,
      methods: {
        POST: {
          handler: async c => {
            await herder.restartTask(named(c), task(c))
            return empty(204)
          },
        },
      },
    },
  ]
}
