import { json } from '../answers.ts'
import { openApiDocument } from '../openapi/document.ts'
import { of, type Schema } from '../openapi/schemas.ts'
import type { Resource } from '../resource.ts'

/** `/openapi.json`: these resources and itself. */
export function documentResource(resources: readonly Resource[], version: string): Resource {
  let document: Schema | null = null
  const own: Resource = {
    path: '/openapi.json',
    methods: {
      GET: {
        tag: 'Worker',
        summary: 'This document.',
        answers: { 200: of('Document') },
        consumes: 'anything',
        handler: () => {
          document ??= openApiDocument([...resources, own], version)
          return json(document)
        },
      },
    },
  }
  return own
}
