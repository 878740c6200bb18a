import { Database } from 'bun:sqlite'

export const TABLES = ['customers', 'products', 'orders', 'order_lines'] as const

const SCHEMA = `
create table customers (id integer primary key not null, name text not null, email text, city text not null);
create table products (id integer primary key not null, name text not null, cents integer not null, weight real);
create table orders (
  id integer primary key not null, customer_id integer not null, placed text not null, status text not null, note text
);
create table order_lines (
  id integer primary key not null, order_id integer not null, product_id integer not null,
  quantity integer not null, cents integer not null
);
`
const CITIES = ['Ålesund', 'Bologna', 'Łódź', 'Porto', 'Žilina', '東京']
const THINGS = ['kettle', 'lamp', 'chair', 'spoon', 'rug', 'clock']
const COLOURS = ['red', 'green', 'blue', 'black', 'white']
const STATUSES = ['placed', 'paid', 'sent']
const NOTES = ['Please ring twice.', 'It’s a present 🎁', null, null, null]
const CUSTOMERS = 500
const PRODUCTS = THINGS.length * COLOURS.length

/** A shop in a SQLite file, the same for the same numbers; it goes on taking orders. */
export class ShopDatabase {
  readonly #database: Database
  #orders = 0

  constructor(file: string) {
    this.#database = new Database(file, { create: true, strict: true })
    this.#database.run('pragma journal_mode = wal')
    this.#database.run(SCHEMA)
  }

  /** Customers and products. */
  open(): void {
    const customer = this.#database.prepare('insert into customers values (?, ?, ?, ?)')
    const product = this.#database.prepare('insert into products values (?, ?, ?, ?)')
    this.#database.transaction(() => {
      for (let i = 1; i <= CUSTOMERS; i++)
        customer.run(i, `Customer ${i}`, i % 3 === 0 ? null : `customer${i}@example.com`, of(CITIES, i))
      for (let i = 1; i <= PRODUCTS; i++)
        product.run(i, `${of(COLOURS, i)} ${of(THINGS, i * 7)}`, 99 + i * 250, i % 4 === 0 ? null : i / 8)
    })()
  }

  /** That many orders more, each of one to five lines. */
  takeOrders(amount: number): void {
    const order = this.#database.prepare('insert into orders values (?, ?, ?, ?, ?)')
    const line = this.#database.prepare('insert into order_lines values (?, ?, ?, ?, ?)')
    this.#database.transaction(() => {
      for (const end = this.#orders + amount; this.#orders < end; ) {
        const id = ++this.#orders
        const placed = new Date(Date.UTC(2026, 0, 1) + id * 61_000).toISOString()
        order.run(id, 1 + ((id * 7919) % CUSTOMERS), placed, of(STATUSES, id), of(NOTES, id))
        for (let i = 0; i <= id % 5; i++) {
          const product = 1 + ((id * 31 + i * 17) % PRODUCTS)
          line.run(null, id, product, 1 + (i % 3), 99 + product * 250)
        }
      }
    })()
  }

  /** How many rows all tables have. */
  rows(): number {
    return rowsOf(this.#database)
  }

  /** Rows of all tables that a copy in another file lacks, has besides or has otherwise, as the database compares. */
  differences(copy: string): number {
    this.#database.run('attach ? as copy', [copy])
    const parts = TABLES.flatMap(table => [
      `select count(*) as n from (select * from main.${table} except select * from copy.${table})`,
      `select count(*) as n from (select * from copy.${table} except select * from main.${table})`,
    ])
    const { n } = this.#database.prepare(`select sum(n) as n from (${parts.join(' union all ')})`).get() as {
      n: number
    }
    this.#database.run('detach copy')
    return n
  }

  close(): void {
    this.#database.close()
  }
}

/** The same of a copy that another process, or part of this one, is writing; 0 until it has all tables. */
export function copiedRows(file: string): number {
  let database: Database
  try {
    database = new Database(file, { readonly: true })
  } catch {
    return 0 // it is not there yet
  }
  try {
    return rowsOf(database)
  } catch {
    return 0 // nor are all its tables
  } finally {
    database.close()
  }
}

function rowsOf(database: Database): number {
  const parts = TABLES.map(table => `select count(*) as n from ${table}`)
  return (database.prepare(`select sum(n) as n from (${parts.join(' union all ')})`).get() as { n: number }).n
}

function of<T>(list: readonly T[], i: number): T {
  return list[i % list.length]!
}
