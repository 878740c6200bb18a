/** The parts of `oracledb` that are imported. */
declare module 'oracledb' {
  const client: import('./oracledb.ts').OracleClient
  export default client
}

declare module 'oracledb/lib/impl/datahandlers/buffer.js' {
  export const BaseBuffer: {
    prototype: {
      parseOracleDate(
        this: { caps?: { dbTzOffset?: number | null; dbTzRegion?: string | null } },
        bytes: Buffer,
        local?: boolean,
        inDatabaseZone?: boolean,
      ): unknown
    }
  }
}

declare module 'oracledb/lib/thin/sqlnet/networkSession.js' {
  export const NetworkSession: {
    prototype: import('./oracledb.ts').NetworkSession & { connect(config: object): Promise<void> }
  }
}
