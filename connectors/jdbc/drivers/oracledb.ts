/** What is used of `oracledb`, which has no types of its own. */

type TypeName = 'BINARY_DOUBLE' | 'BLOB' | 'CLOB' | 'NUMBER' | 'NVARCHAR' | 'RAW' | 'VARCHAR'

export type OracleClient = { readonly [T in TypeName as `DB_TYPE_${T}`]: DbType } & {
  readonly [P in Privilege]: number
} & {
  getConnection(options: ConnectOptions & { privilege?: number }): Promise<OracleSession>
}

/** A type of a column or of a parameter. */
export type DbType = object & { readonly name: string }

export type Privilege = 'SYSDBA' | 'SYSOPER' | 'SYSBACKUP' | 'SYSDG' | 'SYSKM' | 'SYSASM' | 'SYSRAC'

export interface ConnectOptions {
  readonly user: string
  readonly password: string
  readonly connectString: string
  readonly configDir?: string
  readonly walletLocation?: string
  readonly walletPassword?: string
  readonly sslServerDNMatch?: boolean
  readonly sslServerCertDN?: string
  readonly sslAllowWeakDNMatch?: boolean
  readonly httpsProxy?: string
  readonly httpsProxyPort?: number
  readonly retryCount?: number
  readonly retryDelay?: number
  readonly sdu?: number
  readonly expireTime?: number
  /** In seconds, as the next one. */
  readonly connectTimeout: number
  readonly transportConnectTimeout: number
  readonly program: string
  readonly machine?: string
  readonly osUser?: string
  readonly terminal?: string
}

export interface ColumnMetadata {
  readonly name: string
  readonly dbTypeName: string
  readonly nullable: boolean
  readonly precision?: number
  readonly scale?: number
  readonly byteSize?: number
}

export type BindValue = null | string | number | bigint | Buffer

export interface BindDefinition {
  readonly type: DbType
  /** In bytes; of texts and bytes that are no LOBs. */
  readonly maxSize?: number
}

export interface ExecuteOptions {
  readonly autoCommit?: boolean
  readonly resultSet?: true
  readonly prefetchRows?: number
  readonly fetchArraySize?: number
  readonly keepInStmtCache?: boolean
  readonly fetchTypeHandler?: (column: ColumnMetadata) => { type: DbType } | undefined
  readonly bindDefs?: readonly BindDefinition[]
}

export interface OracleSession {
  execute(
    sql: string,
    binds: readonly { val: BindValue; type: DbType; maxSize?: number }[],
    options: ExecuteOptions,
  ): Promise<{ rowsAffected?: number; resultSet?: OracleResultSet }>
  executeMany(
    sql: string,
    rows: readonly (readonly BindValue[])[],
    options: ExecuteOptions,
  ): Promise<{ rowsAffected?: number }>
  commit(): Promise<void>
  rollback(): Promise<void>
  close(): Promise<void>
  /** Has the database end what it does for the session. */
  break(): Promise<void>
  isHealthy(): boolean
}

export interface OracleResultSet {
  readonly metaData: readonly ColumnMetadata[]
  /** Fewer than that at the end. */
  getRows(rows: number): Promise<unknown[][]>
  close(): Promise<void>
}

/** The socket below a session. */
export interface NetworkSession {
  forceDisconnect(error: Error): void
}
