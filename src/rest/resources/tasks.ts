import type { Context } from 'hono'
import type { Herder } from '../../herder/herder.ts'
import { empty, json, refusalAsJson } from '../answers.ts'
import type { Forwarding } from '../forwarding.ts'
import { listOf, of } from '../openapi/schemas.ts'
import { type Handler, type Resource, whileThere } from '../resource.ts'

const tag = 'Tasks'

/** Java: ConnectorsResource, the task endpoints. */
export function taskResources(herder: Herder, forwarding: Forwarding): Resource[] {
  const named = (c: Context) => c.req.param('connector') as string
  return [
    {
      path: '/connectors/:connector/tasks/:task/status',
      methods: {
        GET: {
          tag,
          summary: 'The state of a task.',
          answers: { 200: of('TaskStatus') },
          consumes: 'json',
          handler: ofTask(async (c, task) => json(await herder.taskStatus(named(c), task))),
        },
      },
    },
    {
      path: '/connectors/:connector/tasks/:task/restart',
      methods: {
        POST: {
          tag,
          summary: 'Restarts a task.',
          answers: { 204: null },
          consumes: 'json',
          handler: ofTask(async (c, task) => {
            await forwarding.run(c, {
              here: () => herder.restartTask(named(c), task, whileThere(c)),
              method: 'POST',
              read: () => undefined,
            })
            return empty(204)
          }),
        },
      },
    },
  ]
}

/** The configurations of a connector's tasks. Other workers POST them to the same path. */
export function taskConfigsOperation(herder: Herder) {
  return {
    tag,
    summary: "The configurations of a connector's tasks.",
    answers: { 200: listOf('TaskInfo') },
    consumes: 'json',
    handler: async (c: Context) => json(await herder.taskConfigs(c.req.param('connector') as string)),
  } as const
}

/** A task that is no Java int is an unknown path, as in Jersey. */
function ofTask(handler: (c: Context, task: number) => Promise<Response>): Handler {
  return c => {
    const text = c.req.param('task') as string
    const task = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    return (task | 0) === task ? handler(c, task) : refusalAsJson(404)
  }
}
