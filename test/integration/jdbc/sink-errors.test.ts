import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { INT64_SCHEMA, SchemaBuilder } from '../../../src/sdk/index.ts'
import { numbers, put, record, refusal, startTask, struct, targetNames, targetOf } from './sink-ground.ts'

const line = struct({ item: SchemaBuilder.string() })
const BY_KEY = { 'pk.mode': 'record_key', 'pk.fields': 'id', 'insert.mode': 'upsert' }

const keyed = (topic: string, id: number | null, item: string) =>
  record(topic, id === null ? null : [INT64_SCHEMA, id], line, { item })

describe.each(targetNames)('%s', name => {
  const target = targetOf(name)

  const ids = async (table: string) =>
    numbers(await target.query(`SELECT id FROM ${table} ORDER BY id`), 'id')
  const narrow = (table: string) =>
    target.query(
      `CREATE TABLE ${table} (id BIGINT PRIMARY KEY, item VARCHAR(5) NOT NULL CHECK (length(item) < 6))`,
    )

  test('a value that the column refuses: the record is named, at once', async () => {
    await narrow('narrow')
    const rows = Array.from({ length: 100 }, (_, id) =>
      keyed('narrow', id, id === 57 ? 'much too long' : 'good'),
    )
    const task = startTask(target, BY_KEY)
    const told = await refusal(task.put(rows))
    expect(told).toContain(`record of topic narrow, partition 0, offset ${rows[57]!.kafkaOffset}`)
    expect(told).toMatch(/Cannot write to table .narrow./)
    if (name !== 'sqlite') expect(told).toContain('Make the column longer')
    if (name === 'postgres') expect(told).toContain('column item takes 5 characters and was given 13')
    if (name === 'mariadb') expect(told).toContain('item')
    expect(task.timeouts).toEqual([])
    expect(await ids('narrow')).toEqual([])
    await task.put([rows[1]!])
    await task.stop()
    expect(await ids('narrow')).toEqual([1])
  })

  test('a reader of errant records gets what cannot be written, and nothing else', async () => {
    await narrow('reported')
    const rows = Array.from({ length: 200 }, (_, id) =>
      keyed('reported', id % 50 === 7 ? null : id, id % 60 === 3 ? 'much too long' : 'good'),
    )
    const task = startTask(target, BY_KEY, true)
    await task.put(rows)
    await task.stop()
    const bad = rows.filter((_, id) => id % 50 === 7 || id % 60 === 3)
    expect(task.reported.map(({ offset }) => offset)).toEqual(bad.map(({ kafkaOffset }) => kafkaOffset))
    for (const { offset, message } of task.reported)
      expect(message).toMatch(new RegExp(`offset[ =]${offset}\\b`))
    expect(await ids('reported')).toEqual(
      rows.map((_, id) => id).filter(id => id % 50 !== 7 && id % 60 !== 3),
    )
  })

  test('what was reported is waited for, also where the others are to be tried again', async () => {
    if (name !== 'sqlite') return
    await narrow('held')
    const path = String(target.config['connection.url']).slice('jdbc:sqlite:'.length)
    const other = new Database(path)
    let arrived = 0
    const reporter = {
      report: async () => {
        // From now on no other record can be written.
        other.run('BEGIN IMMEDIATE')
        await Bun.sleep(50)
        arrived++
      },
    }
    const task = startTask(target, { ...BY_KEY, 'retry.backoff.ms': '20' }, reporter)
    const rows = ['much too long', 'good', 'good', 'good'].map((item, id) => keyed('held', id, item))
    await expect(task.put(rows)).rejects.toMatchObject({ name: 'RetriableException' })
    expect(arrived).toBe(1)
    await task.stop()
    other.close()
  })

  test('without a connection no record is looked for that may be to blame', async () => {
    if (name !== 'postgres') return
    await narrow('torn')
    await target.query(`CREATE SEQUENCE tries;
      CREATE FUNCTION tear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') = 1 THEN RAISE 'the first time' USING ERRCODE = 'check_violation'; END IF;
        PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1);
        RETURN NEW;
      END $$;
      CREATE TRIGGER tear BEFORE INSERT ON torn FOR EACH ROW EXECUTE FUNCTION tear()`)
    const task = startTask(target, { ...BY_KEY, 'max.retries': '0' })
    const rows = Array.from({ length: 8 }, (_, id) => keyed('torn', id, 'a'))
    expect(await refusal(task.put(rows))).toContain('the first time')
    await task.stop()
    expect(numbers(await target.query('SELECT last_value FROM tries'), 'last_value')).toEqual([2])
  })

  test('a write that does not come back is given up with the task, and never arrives', async () => {
    if (name === 'sqlite') return
    await narrow('kept')
    await narrow('aside')
    const lock = name === 'postgres' ? 'BEGIN; LOCK TABLE kept' : 'LOCK TABLES kept WRITE'
    for (const each of lock.split('; ')) await target.query(each, 'administrator')
    const stop = new AbortController()
    const task = startTask(target, BY_KEY, false, stop.signal)
    const stuck = refusal(task.put([keyed('aside', 1, 'old'), keyed('kept', 1, 'old')]))
    const deadline = Date.now() + 20_000
    const waiting =
      name === 'postgres'
        ? "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        : "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%'"
    while ((await target.query(waiting)).length === 0 && Date.now() < deadline) await Bun.sleep(20)
    stop.abort()
    expect(await stuck).toMatch(/connection/i)
    expect(await refusal(task.put([keyed('aside', 2, 'old')]))).toMatch(/stop/)
    await target.query(name === 'postgres' ? 'COMMIT' : 'UNLOCK TABLES', 'administrator')
    await put(target, BY_KEY, [keyed('aside', 1, 'new'), keyed('kept', 1, 'new')])
    while ((await target.query(waiting)).length > 0 && Date.now() < deadline) await Bun.sleep(20)
    expect(await target.query('SELECT item FROM kept UNION ALL SELECT item FROM aside')).toEqual([
      { item: 'new' },
      { item: 'new' },
    ])
    await task.stop()
  })

  test('records for a table that is missing are reported each', async () => {
    await narrow('here')
    const task = startTask(target, BY_KEY, true)
    await task.put([keyed('here', 1, 'a'), keyed('not_here', 1, 'a'), keyed('here', 2, 'b')])
    await task.stop()
    expect(task.reported.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /Table .not_here. is missing and auto-creation is disabled \(record of topic not_here/,
      ),
    ])
    expect(await ids('here')).toEqual([1, 2])
  })

  test('a null where the column takes none', async () => {
    await narrow('required')
    const schema = struct({ item: SchemaBuilder.string().optional() })
    const told = await refusal(
      put(target, BY_KEY, [record('required', [INT64_SCHEMA, 4], schema, { item: null })]),
    )
    expect(told).toContain('record of topic required')
    expect(told).toContain('Give the column a default, let it be null')
    expect(told).toContain('item')
  })

  test('a table that cannot be made is told at once', async () => {
    if (name === 'postgres') return
    // There names of columns differ in more than their case.
    const twice = struct({ item: SchemaBuilder.string(), ITEM: SchemaBuilder.string() })
    const row = record('cased', [INT64_SCHEMA, 1], twice, { item: 'a', ITEM: 'b' })
    const task = startTask(target, { ...BY_KEY, 'auto.create': 'true' })
    const told = await refusal(task.put([row]))
    await task.stop()
    expect(told).toMatch(/Cannot create table .cased.: .*duplicate column name/i)
    expect(told).toContain('Create the table by hand')
    expect(task.timeouts).toEqual([])
  })

  test('rows that a trigger takes away fail the task, whoever reads of errant records', async () => {
    if (name !== 'postgres') return
    await target.query('CREATE TABLE taken (id BIGINT PRIMARY KEY, item TEXT)')
    await target.query('CREATE RULE away AS ON INSERT TO taken WHERE NEW.id = 2 DO INSTEAD NOTHING')
    const task = startTask(target, { ...BY_KEY, 'insert.mode': 'insert' }, true)
    const told = await refusal(task.put([1, 2, 3].map(id => keyed('taken', id, 'a'))))
    await task.stop()
    expect(told).toContain('Update count (2) did not sum up to total number of records inserted (3)')
    expect(task.reported).toEqual([])
    expect(await ids('taken')).toEqual([])
  })

  test('a duplicate', async () => {
    await narrow('unique_rows')
    const insert = { ...BY_KEY, 'insert.mode': 'insert' }
    await put(target, insert, [keyed('unique_rows', 1, 'a')])
    const again = [keyed('unique_rows', 2, 'b'), keyed('unique_rows', 1, 'c')]
    const told = await refusal(put(target, insert, again))
    expect(told).toContain(`offset ${again[1]!.kafkaOffset}`)
    expect(told).toContain('insert.mode=upsert replaces the row')
    expect(await ids('unique_rows')).toEqual([1])
  })

  test('what the database says of values can be left out', async () => {
    await narrow('secret')
    const config = { ...BY_KEY, 'trim.sensitive.log': 'true', 'insert.mode': 'insert' }
    await put(target, config, [keyed('secret', 4711, 'a')])
    const task = startTask(target, config)
    const told = await refusal(task.put([keyed('secret', 4711, 'b')]))
    await task.stop()
    expect(told).toContain('its words are left out (trim.sensitive.log)')
    expect(told + task.lines.join()).not.toContain('4711')
  })

  test('nor is a value told that no parameter can be made of', async () => {
    await target.query('CREATE TABLE secret_days (id BIGINT PRIMARY KEY, day TIMESTAMP)')
    const schema = struct({ day: SchemaBuilder.string() })
    const row = record('secret_days', [INT64_SCHEMA, 1], schema, { day: 'born on a Monday' })
    const config = { ...BY_KEY, 'timestamp.fields.list': 'day' }
    expect(await refusal(put(target, config, [row]))).toContain('Monday')
    const told = await refusal(put(target, { ...config, 'trim.sensitive.log': 'true' }, [row]))
    expect(told).toContain('column day, the record of topic secret_days')
    expect(told).toContain('left out here (trim.sensitive.log)')
    expect(told).not.toContain('Monday')
  })

  test('a row that another one refers to may come yet: it is tried again', async () => {
    if (name === 'sqlite') return
    await target.query('CREATE TABLE shops (id BIGINT PRIMARY KEY)')
    await target.query(
      'CREATE TABLE visits (id BIGINT PRIMARY KEY, shop BIGINT, FOREIGN KEY (shop) REFERENCES shops(id))',
    )
    const visit = struct({ shop: SchemaBuilder.int64() })
    const rows = [record('visits', [INT64_SCHEMA, 1], visit, { shop: 8 })]
    const task = startTask(target, { ...BY_KEY, 'retry.backoff.ms': '20', 'max.retries': '2' })
    await expect(task.put(rows)).rejects.toMatchObject({ name: 'RetriableException' })
    await target.query('INSERT INTO shops VALUES (8)')
    await task.put(rows)
    await task.stop()
    expect(task.timeouts).toEqual([20])
    expect(await ids('visits')).toEqual([1])
  })

  test('retries come to an end', async () => {
    const task = startTask(target, { ...BY_KEY, 'max.retries': '2', 'retry.backoff.ms': '30' })
    await target.query('CREATE TABLE broken (id BIGINT PRIMARY KEY, item VARCHAR(9))')
    await task.put([keyed('broken', 1, 'a')])
    await target.query('DROP TABLE broken')
    // Each try reads the catalogue again but for the first.
    await target.query('CREATE VIEW broken AS SELECT 1 AS id')
    const rows = [keyed('broken', 2, 'b')]
    const first = await refusal(task.put(rows))
    expect(first).toContain('broken')
    expect(await refusal(task.put(rows))).toContain('is a VIEW')
    await task.stop()
    expect(task.timeouts).toEqual([30])
  })
})
