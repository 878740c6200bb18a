import { expect, test } from 'bun:test'
import { pieces, type SqlSyntax } from '../../../connectors/jdbc/drivers/placeholders.ts'

const POSTGRES: SqlSyntax = {
  quotes: '"',
  backslashes: false,
  dollarQuotes: true,
  hashComments: false,
  nestedComments: true,
}
const MYSQL: SqlSyntax = {
  quotes: '"`',
  backslashes: true,
  dollarQuotes: false,
  hashComments: true,
  nestedComments: false,
}

test.each([
  ['SELECT 1', 'SELECT 1'],
  ['a = ? AND b = ?', 'a = ■ AND b = ■'],
  ['?', '■'],
  ["'?' = ?", "'?' = ■"],
  ["'it''s ?' || ?", "'it''s ?' || ■"],
  ["'\\' || ?", "'\\' || ■"],
  ["E'\\'?' || ?", "E'\\'?' || ■"],
  ["nameE'?' || ?", "nameE'?' || ■"],
  ['"odd""?" = ?', '"odd""?" = ■'],
  ['-- why ?\n?', '-- why ?\n■'],
  ['/* ? /* ? */ ? */ ?', '/* ? /* ? */ ? */ ■'],
  ['$$ ? $$ ?', '$$ ? $$ ■'],
  ['$tag$ $$ ? $tag$ ?', '$tag$ $$ ? $tag$ ■'],
  ['$1 ?', '$1 ■'],
  ["doc ?? 'key' AND id = ?", "doc ? 'key' AND id = ■"],
  ['doc ??| array[?]', 'doc ?| array[■]'],
  ["'never ended ?", "'never ended ?"],
])('Postgres: %s', (sql, wanted) => {
  expect(pieces(sql, POSTGRES).join('■')).toBe(wanted)
})

test.each([
  ["'\\'?' = ?", "'\\'?' = ■"],
  ['`a``?` = ?', '`a``?` = ■'],
  ['"\\"?" = ?', '"\\"?" = ■'],
  ['# why ?\n?', '# why ?\n■'],
  ['/* ? /* ? */ ?', '/* ? /* ? */ ■'],
  ['$$ ? $$', '$$ ■ $$'],
])('MySQL: %s', (sql, wanted) => {
  expect(pieces(sql, MYSQL).join('■')).toBe(wanted)
})

test('MySQL without backslash escapes', () => {
  expect(pieces("'\\' = ?", { ...MYSQL, backslashes: false })).toEqual(["'\\' = ", ''])
})
