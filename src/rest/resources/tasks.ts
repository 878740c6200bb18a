import type { Context } from 'hono'
import type { Herder } from '../../herder/herder.ts'
import { empty, json, refusalAsJson } from '../answers.ts'
import type { Handler, Resource } from '../resource.ts'

/** Java: ConnectorsResource, the task endpoints. */
export function taskResources(herder: Herder): Resource[] {
  const named = (c: Context) => c.req.param('connector') as string
  return [
    {
      path: '/connectors/:connector/tasks',
      checksContentType: true,
      methods: { GET: { handler: async c => json(await herder.taskConfigs(named(c))) } },
    },
    {
      path: '/connectors/:connector/tasks/:task/status',
      checksContentType: true,
      methods: {
        GET: { handler: ofTask(async (c, task) => json(await herder.taskStatus(named(c), task))) },
      },
    },
    {
      path: '/connectors/:connector/tasks/:task/restart',
      checksContentType: true,
      methods: {
        POST: {
          handler: ofTask(async (c, task) => {
            await herder.restartTask(named(c), task)
            return empty(204)
          }),
        },
      },
    },
  ]
}

/** A task that is no Java int is an unknown path, as in Jersey. */
function ofTask(handler: (c: Context, task: number) => Promise<Response>): Handler {
  return c => {
    const text = c.req.param('task') as string
    const task = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    return (task | 0) === task ? handler(c, task) : refusalAsJson(404)
  }
}
