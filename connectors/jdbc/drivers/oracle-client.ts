import { AsyncLocalStorage } from 'node:async_hooks'
import { dateText, localDateText } from './oracle-dates.ts'
import type { NetworkSession, OracleClient } from './oracledb.ts'

/** Who opens a session is told of its socket, as soon as the server has taken it. */
const opening = new AsyncLocalStorage<(socket: NetworkSession) => void>()

let loaded: Promise<OracleClient> | null = null

/** `oracledb`, loaded with the first connection. */
export function oracleClient(): Promise<OracleClient> {
  loaded ??= load()
  return loaded
}

/** Runs what opens a session. */
export function telling<T>(told: (socket: NetworkSession) => void, work: () => Promise<T>): Promise<T> {
  return opening.run(told, work)
}

async function load(): Promise<OracleClient> {
  const [{ default: client }, { BaseBuffer }, { NetworkSession: Session }] = await Promise.all([
    import('oracledb'),
    import('oracledb/lib/impl/datahandlers/buffer.js'),
    import('oracledb/lib/thin/sqlnet/networkSession.js'),
  ])
  // Dates come out as text: a Date would lose what is finer than milliseconds.
  BaseBuffer.prototype.parseOracleDate = function (bytes, _local, inDatabaseZone) {
    if (!inDatabaseZone) return dateText(bytes)
    return localDateText(bytes, this.caps?.dbTzRegion ?? this.caps?.dbTzOffset ?? 0)
  }
  // A login has no deadline of its own, and a session that hangs cannot be left in another way.
  const { connect } = Session.prototype
  Session.prototype.connect = async function (config) {
    await connect.call(this, config)
    opening.getStore()?.(this)
  }
  return client
}
