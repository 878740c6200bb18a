import type { Config } from '#bunnect'
import { dialectFor } from '../dialects/index.ts'

const OWN_PROVIDERS = /(?:^|\.)DefaultJdbcCredentialsProvider$/

/** What no single key's validator can see. Java: io.confluent.connect.jdbc.JdbcSinkConnector.validate */
export function sinkProblems(config: Config): { key: string; message: string }[] {
  const problems: { key: string; message: string }[] = []
  const add = (key: string, message: string) => problems.push({ key, message })
  const keyMode = (config['pk.mode'] ?? 'none').toLowerCase()
  const deletes = (config['delete.enabled'] ?? 'false').trim().toLowerCase() === 'true'
  if (deletes && keyMode !== 'record_key') {
    const message = 'Deletes are only supported for pk.mode record_key'
    add('pk.mode', message)
    add('delete.enabled', message)
  }
  const insertMode = (config['insert.mode'] ?? 'insert').toLowerCase()
  if ((insertMode === 'upsert' || insertMode === 'update') && keyMode === 'none') {
    add('pk.mode', `insert.mode=${insertMode} finds rows by their primary key: pk.mode must not be none`)
  }
  const fields = (config['pk.fields'] ?? '').split(',').filter(name => name.trim() !== '')
  if (keyMode === 'kafka' && fields.length !== 0 && fields.length !== 3) {
    add(
      'pk.fields',
      'pk.mode=kafka needs the names of three columns, of topic, partition and offset, or none',
    )
  }
  const provider = config['jdbc.credentials.provider.class']
  if (provider !== undefined && !OWN_PROVIDERS.test(provider)) {
    add(
      'jdbc.credentials.provider.class',
      `Only the default credentials provider is known here, not ${provider}`,
    )
  }
  const url = config['connection.url']
  if (url) addUrlProblem(url, config['dialect.name'] ?? '', add)
  return problems
}

function addUrlProblem(url: string, dialect: string, add: (key: string, message: string) => void): void {
  try {
    dialectFor(url, dialect.trim())
  } catch (error) {
    add(dialect.trim() === '' ? 'connection.url' : 'dialect.name', (error as Error).message)
  }
}
