import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLogConfig } from '../../../../src/cli/log4j/read.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunnect log4j '))
})
afterAll(() => rmSync(folder, { recursive: true }))

const lookups = { system: { 'kafka.logs.dir': '/var/log/k' }, env: { LEVEL: 'warn' } }

function read(name: string, text: string) {
  const path = join(folder, name)
  writeFileSync(path, text)
  return readLogConfig(`file:${path.replaceAll(' ', '%20')}`, lookups)
}

/** What Kafka 4.3 and 3.9 bring along, in all the forms that Log4j has for it. */
const HOURLY = {
  root: 'INFO',
  loggers: [['org.reflections', 'ERROR']],
  console: true,
  file: { path: '/var/log/k/connect.log', rotation: { pattern: '/var/log/k/connect-%d{yyyy-MM-dd-HH}.log' } },
  warnings: [],
}

test('YAML of Log4j2, as Kafka 4 has it', () => {
  const text = `
Configuration:
  Properties:
    Property:
      - name: "kafka.logs.dir"
        value: "."
      - name: "logPattern"
        value: "[%d] %p %X{connector.context}%m (%c:%L)%n"
  Appenders:
    Console:
      name: STDOUT
      PatternLayout:
        pattern: "\${logPattern}"
    RollingFile:
      - name: ConnectAppender
        fileName: "\${sys:kafka.logs.dir}/connect.log"
        filePattern: "\${sys:kafka.logs.dir}/connect-%d{yyyy-MM-dd-HH}.log"
        PatternLayout:
          pattern: "\${logPattern}"
        TimeBasedTriggeringPolicy:
          modulate: true
          interval: 1
  Loggers:
    Root:
      level: INFO
      AppenderRef:
        - ref: STDOUT
        - ref: ConnectAppender
    Logger:
      - name: org.reflections
        level: ERROR
`
  expect<unknown>(read('connect-log4j2.yaml', text)).toEqual(HOURLY)
})

test('XML of Log4j2', () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<!-- with a comment --><!DOCTYPE x>
<Configuration status="WARN">
  <Properties><Property name="dir">\${sys:kafka.logs.dir:-.}</Property></Properties>
  <appenders>
    <Console name="A &amp; B"><PatternLayout pattern="[%d] &lt;%p&gt; %m%n"/></Console>
    <RollingRandomAccessFile name='F' fileName="\${dir}/connect.log" filePattern="\${dir}/connect-%d{yyyy-MM-dd-HH}.log">
      <Policies><TimeBasedTriggeringPolicy/></Policies>
    </RollingRandomAccessFile>
  </appenders>
  <Loggers>
    <AsyncRoot level="info"><AppenderRef ref="A &amp; B"/><AppenderRef ref="F"/></AsyncRoot>
    <Logger name="org.reflections" level="ERROR" additivity="false"/>
  </Loggers>
</Configuration>`
  expect<unknown>(read('log4j2.xml', text)).toEqual(HOURLY)
})

test('properties of Log4j2', () => {
  const text = `
status = error
property.dir = \${sys:kafka.logs.dir}
appender.out.type = Console
appender.out.name = STDOUT
appender.file.type = RollingFile
appender.file.name = ConnectAppender
appender.file.fileName = \${dir}/connect.log
appender.file.filePattern = \${dir}/connect-%d{yyyy-MM-dd-HH}.log
appender.file.policies.type = Policies
appender.file.policies.time.type = TimeBasedTriggeringPolicy
rootLogger.level = INFO
rootLogger.appenderRef.out.ref = STDOUT
rootLogger.appenderRef.file.ref = ConnectAppender
logger.reflections.name = org.reflections
logger.reflections.level = ERROR
`
  expect<unknown>(read('log4j2.properties', text)).toEqual(HOURLY)
})

test('properties of Log4j 1, as Kafka 3 has it', () => {
  const text = `
log4j.rootLogger=INFO, stdout, connectAppender
log4j.appender.stdout=org.apache.log4j.ConsoleAppender
log4j.appender.connectAppender=org.apache.log4j.DailyRollingFileAppender
log4j.appender.connectAppender.DatePattern='.'yyyy-MM-dd-HH
log4j.appender.connectAppender.File=\${kafka.logs.dir}/connect.log
connect.log.pattern=[%d] %p %X{connector.context}%m (%c:%L)%n
log4j.appender.stdout.layout.ConversionPattern=\${connect.log.pattern}
log4j.logger.org.reflections=ERROR
`
  expect<unknown>(read('connect-log4j.properties', text)).toEqual({
    ...HOURLY,
    file: {
      path: '/var/log/k/connect.log',
      rotation: { pattern: "/var/log/k/connect.log%d{'.'yyyy-MM-dd-HH}" },
    },
  })
})

test('sizes and numbers of both versions', () => {
  const first = `
log4j.rootLogger=\${level}, file
level=DEBUG
log4j.appender.file=org.apache.log4j.RollingFileAppender
log4j.appender.file.file=connect.log
log4j.appender.file.maxFileSize=100KB
log4j.appender.file.MaxBackupIndex=9
`
  const file = { path: 'connect.log', rotation: { pattern: 'connect.log.%i', maxBytes: 102_400, keep: 9 } }
  expect<unknown>(read('a.properties', first)).toEqual({
    root: 'DEBUG',
    loggers: [],
    console: false,
    file,
    warnings: [],
  })
  const second = `{"Configuration": {
    "appenders": {"appender": [{"type": "RollingFile", "name": "f", "fileName": "connect.log", "filePattern": "connect.log.%i",
      "Policies": {"SizeBasedTriggeringPolicy": {"size": "100 KB"}}, "DefaultRolloverStrategy": {"max": 9}}]},
    "loggers": {"root": {"level": "\${env:LEVEL}", "AppenderRef": {"ref": "f"}}}}}`
  expect<unknown>(read('b.json', second)).toMatchObject({ root: 'WARN', console: false, file })
})

test('XML of Log4j 1', () => {
  const text = `<!DOCTYPE log4j:configuration SYSTEM "log4j.dtd">
<log4j:configuration xmlns:log4j="http://jakarta.apache.org/log4j/">
  <appender name="c" class="org.apache.log4j.ConsoleAppender"/>
  <appender name="f" class="org.apache.log4j.FileAppender"><param name="File" value="\${kafka.logs.dir}/c.log"/></appender>
  <logger name="org.apache.kafka"><level value="trace"/></logger>
  <root><priority value="WARN"/><appender-ref ref="c"/><appender-ref ref="f"/></root>
</log4j:configuration>`
  expect<unknown>(read('log4j.xml', text)).toEqual({
    root: 'WARN',
    loggers: [['org.apache.kafka', 'TRACE']],
    console: true,
    file: { path: '/var/log/k/c.log', rotation: null },
    warnings: [],
  })
})

test('a level that there is not is told; INHERITED is none', () => {
  const text =
    'log4j.rootLogger=LOUD, x\nlog4j.logger.a.b=INHERITED\nlog4j.logger.a.c=WARN#org.example.Level\n'
  expect<unknown>(read('c.properties', text)).toEqual({
    root: null,
    loggers: [['a.c', 'WARN']],
    console: false,
    file: null,
    warnings: ["the root logger has the level 'LOUD', which there is not"],
  })
})

test.each([
  ['missing.xml', null, 'ENOENT'],
  ['cut.xml', '<Configuration>\n<Loggers>', '<Loggers> is not closed'],
  ['odd.xml', '<Configuration>\n<a b=c/></Configuration>', 'line 2: this is not XML'],
  ['empty.yaml', '', 'it has no Configuration'],
  ['list.yaml', '- a\n', 'it has no Configuration'],
  ['text.json', 'no', 'JSON'],
])('%s is an error', (name, text, message) => {
  const path = join(folder, name)
  if (text !== null) writeFileSync(path, text)
  expect(() => readLogConfig(path, lookups)).toThrow(message)
})

describe('a configuration that means harm, or is none', () => {
  test('properties that name each other ten times over', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `property.p${i + 1}=${`\${p${i}}`.repeat(10)}\n`)
    expect(() =>
      read('laughs.properties', `property.p0=x\n${levels.join('')}rootLogger.level=\${p9}\n`),
    ).toThrow('${p9} stands for more than 100 other values')
  })

  test('entities of its own stand for nothing', () => {
    const { root, warnings } = read(
      'entities.xml',
      `<!DOCTYPE l [<!ENTITY a "INFO"><!ENTITY b SYSTEM "file:///etc/passwd">]>
<Configuration><Loggers><Root level="&b;"/></Loggers></Configuration>`,
    )
    expect({ root, warnings }).toEqual({
      root: null,
      warnings: ["the root logger has the level '&b;', which there is not"],
    })
  })

  test('a document type without an end is refused at once', () => {
    expect(() => read('type.xml', `<!DOCTYPE x ${'[]'.repeat(50)}`)).toThrow('line 1: this is not XML')
  })

  test('a path to something endless', () => {
    expect(() => readLogConfig('/dev/zero', lookups)).toThrow('it is longer than 1048576 bytes')
  })
})
