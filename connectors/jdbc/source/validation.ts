import type { Config } from '#bunnect'
import { dialectFor } from '../dialects/index.ts'
import { columnMapping, wholeName } from './column-mapping.ts'

const OWN_PROVIDERS = /(?:^|\.)DefaultJdbcCredentialsProvider$/

/** What no single key's validator can see. Java: io.confluent.connect.jdbc.JdbcSourceConnector.validate */
export function sourceProblems(config: Config): { key: string; message: string }[] {
  const problems: { key: string; message: string }[] = []
  const add = (message: string, ...keys: string[]) => {
    for (const key of keys) problems.push({ key, message })
  }
  const given = (key: string) => (config[key] ?? '').trim() !== ''
  const mode = config['mode'] ?? ''
  const query = given('query') || given('query.masked')

  if (!given('connection.url')) add('connection.url must be given', 'connection.url')
  else
    tryTo(
      () => dialectFor(config['connection.url']!, (config['dialect.name'] ?? '').trim()),
      'connection.url',
    )
  if (!given('mode')) add('mode must be one of bulk, timestamp, incrementing, timestamp+incrementing', 'mode')
  if (given('query') && given('query.masked'))
    add('Only one of query and query.masked may be given', 'query', 'query.masked')
  together('table.whitelist', 'table.blacklist')
  for (const old of ['table.whitelist', 'table.blacklist']) {
    together(old, 'table.include.list')
    together(old, 'table.exclude.list')
  }
  if (given('table.exclude.list') && !given('table.include.list')) {
    add('table.exclude.list needs table.include.list', 'table.exclude.list')
  }
  if (query) {
    const filters = ['table.whitelist', 'table.blacklist', 'table.include.list', 'table.exclude.list'].filter(
      given,
    )
    if (filters.length > 0) add('A query is read instead of tables: none may be selected', ...filters)
  }
  if (
    mode.startsWith('timestamp') &&
    !given('timestamp.column.name') &&
    !given('timestamp.columns.mapping')
  ) {
    add(`mode=${mode} needs the timestamp columns`, 'timestamp.column.name')
  }
  if (query && mode.endsWith('incrementing') && !given('incrementing.column.name')) {
    add('With a query the incrementing column must be named', 'incrementing.column.name')
  }
  together('timestamp.column.name', 'timestamp.columns.mapping')
  together('incrementing.column.name', 'incrementing.column.mapping')
  if (query && given('timestamp.columns.mapping'))
    add('A query has no tables to map', 'timestamp.columns.mapping')
  if (query && given('incrementing.column.mapping'))
    add('A query has no tables to map', 'incrementing.column.mapping')
  for (const key of ['timestamp.columns.mapping', 'incrementing.column.mapping']) {
    if (given(key)) tryTo(() => columnMapping(listOf(key), []), key)
  }
  for (const key of ['table.include.list', 'table.exclude.list']) {
    if (given(key)) tryTo(() => listOf(key).map(wholeName), key)
  }
  const provider = config['jdbc.credentials.provider.class']
  if (provider !== undefined && !OWN_PROVIDERS.test(provider)) {
    add(
      `Only the default credentials provider is known here, not ${provider}`,
      'jdbc.credentials.provider.class',
    )
  }
  return problems

  function together(one: string, other: string): void {
    if (given(one) && given(other)) add(`Only one of ${one} and ${other} may be given`, one, other)
  }
  function tryTo(work: () => unknown, key: string): void {
    try {
      work()
    } catch (error) {
      add((error as Error).message, key)
    }
  }
  function listOf(key: string): string[] {
    return config[key]!.split(',').map(text => text.trim())
  }
}
