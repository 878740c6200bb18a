import type { Database } from 'bun:sqlite'
import { randomBytes } from 'node:crypto'
import { ConnectException } from '../../data/errors.ts'

const VERSION = 1

/**
 * blobs        records of one partition as they were packed: index entries, then data
 * batches      where each blob's records stand in their partition; `crc` is the CRC-32 of the blob
 * open_batches batches of transactions that are not committed; the next start deletes them
 * partitions   `start` is the first offset kept, `next` the one the next record gets
 * garbage      partitions of deleted topics whose batches are still to be swept away
 * subscriptions topics that a group reads, so that retention knows a group that has never committed
 */
const TABLES = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE topics(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, configs TEXT NOT NULL);
CREATE TABLE partitions(
  id INTEGER PRIMARY KEY AUTOINCREMENT, topic INTEGER NOT NULL, number INTEGER NOT NULL,
  start INTEGER NOT NULL, next INTEGER NOT NULL, UNIQUE(topic, number));
CREATE TABLE blobs(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE batches(
  partition INTEGER NOT NULL, base INTEGER NOT NULL, count INTEGER NOT NULL, max_timestamp INTEGER NOT NULL,
  bytes INTEGER NOT NULL, crc INTEGER NOT NULL, blob INTEGER NOT NULL,
  PRIMARY KEY(partition, base)) WITHOUT ROWID;
CREATE TABLE open_batches(
  txn INTEGER NOT NULL, partition INTEGER NOT NULL, base INTEGER NOT NULL, blob INTEGER NOT NULL,
  PRIMARY KEY(txn, partition, base)) WITHOUT ROWID;
CREATE TABLE garbage(partition INTEGER PRIMARY KEY);
CREATE TABLE offsets(
  "group" TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL,
  metadata TEXT, PRIMARY KEY("group", topic, partition)) WITHOUT ROWID;
CREATE TABLE subscriptions(
  "group" TEXT NOT NULL, topic TEXT NOT NULL, PRIMARY KEY("group", topic)) WITHOUT ROWID;
`

/** Creates the tables in a new database; checks the version of an old one. Returns the cluster id. */
export function prepareSchema(db: Database, file: string): string {
  const version = db.query<{ user_version: number }, []>('PRAGMA user_version').get()!.user_version
  if (version > VERSION) {
    throw new ConnectException(
      `${file} was written by a newer bunnect (format ${version}, this one knows ${VERSION}). ` +
        'Start that bunnect again, or set bunnect.data.dir to another directory.',
    )
  }
  if (version === 0) {
    db.transaction(() => {
      db.run(TABLES)
      db.query('INSERT INTO meta VALUES (?, ?)').run('cluster.id', randomBytes(16).toString('base64url'))
      db.run(`PRAGMA user_version = ${VERSION}`)
    })()
  }
  dropOpenTransactions(db)
  return db.query<{ value: string }, [string]>('SELECT value FROM meta WHERE key = ?').get('cluster.id')!
    .value
}

/** What was not committed when the process ended is aborted. */
function dropOpenTransactions(db: Database): void {
  db.transaction(() => {
    db.run('DELETE FROM blobs WHERE id IN (SELECT blob FROM open_batches)')
    db.run('DELETE FROM batches WHERE (partition, base) IN (SELECT partition, base FROM open_batches)')
    db.run('DELETE FROM open_batches')
  })()
}
