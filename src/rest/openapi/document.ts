import type { Operation, Resource } from '../resource.ts'
import { of, type Schema, schemas } from './schemas.ts'

/** The OpenAPI 3.1 document of the resources that are mounted: it says what they declare and nothing else. */
export function openApiDocument(resources: readonly Resource[], version: string): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'bunnect REST API',
      description: "Kafka Connect's REST API.",
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.fromEntries(resources.map(resource => [template(resource.path), pathItem(resource)])),
    components: {
      schemas,
      responses: {
        Error: { description: 'What was wrong.', content: json(of('Error')) },
      },
    },
  }
}

/** `/connectors/{connector}` of `/connectors/:connector`. */
function template(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

function pathItem({ path, methods }: Resource): Schema {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: name === 'task' ? 'integer' : 'string' },
  }))
  const operations = Object.entries(methods).map(([method, one]) => [method.toLowerCase(), operation(one)])
  return { ...(parameters.length > 0 && { parameters }), ...Object.fromEntries(operations) }
}

function operation({ summary, query, body, answers, tag, produces, canBeStale }: Operation): Schema {
  const parameters = Object.entries(query ?? {}).map(([name, { schema, description }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }))
  return {
    summary,
    tags: [tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          { ...response(schema, produces), ...(canBeStale && { headers: STALE }) },
        ]),
      ),
      default: { $ref: '#/components/responses/Error' },
    },
  }
}

const STALE: Schema = {
  'X-Bunnect-Stale': {
    description:
      'true where the worker could not read within a second what other workers have written: the answer may be old.',
    schema: { type: 'string', enum: ['true'] },
  },
}

function response(schema: Schema | null, produces: Operation['produces']): Schema {
  if (!schema) return { description: 'Success, no body.' }
  const content = produces === 'text' ? { 'text/plain': { schema } } : json(schema)
  return { description: 'Success.', content }
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } }
}
