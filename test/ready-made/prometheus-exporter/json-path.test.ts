import { parseJsonPath } from '../../../lib/ready-made/prometheus-exporter/json-path';

test.each([
  ['plain', ['plain']],
  ['{.a}', [['field']]],
  ['planet-{.location}!', ['planet-', ['field'], '!']],
  ['{.a[*].b}', [['field', 'slice', 'field']]],
  ["{['a\\.b']..c}", [['field', 'recursive', 'field']]],
  ['{.items[?(@.state == "UP")][0,2].*}', [['field', 'filter', 'union', 'wildcard']]],
  ['{range .tags[*]}{@},{end}', [['identifier', 'field', 'slice'], [], ',', ['identifier']]],
  ['{"{"}{-1.5}{true}', [['text'], ['number'], ['bool']]],
])('%s has these parts', (text, parts) => {
  const found = parseJsonPath(text).parts.map((part) =>
    typeof part === 'string' ? part : part.map(({ kind }) => kind),
  );
  expect(found).toStrictEqual(parts);
});

test.each([
  ['{.a', 'a brace is not closed'],
  ['{.a\n}', 'a brace is not closed'],
  ['{.a[0}', 'a "[" is not closed'],
  ['{.a[?(@.b)}', 'a "[?(" does not end with ")]"'],
  ['{.a[?(@.b}', 'a "[?(" is not closed'],
  ['{"a}', 'a quote is not closed'],
  ['{"\\d"}', '"\\d" has something behind a "\\" that it cannot have'],
  ['{.a*2}|{*}', '"*" is not understood'],
  ['{.a....b}', 'there are two ".." in a row'],
  ['{+}', '"+" is no number'],
  ['{.a[b]}', '[b] is no index, slice or name in single quotes'],
  ['{.a[1:2:0]}', '[1:2:0] has a step that is not above 0'],
  ['{.a[3:1]}', '[3:1] ends before it begins'],
  ['{.a[-]}', '[-] has a "-" without a number'],
  ["{['a.b']}", 'would be read as more than a name; write "\\." for a dot of it'],
  ["{['a b']}", "['a b'] is read as more than a name"],
  ['{.a[?(b==1)]}', '"b" is nothing; write "@.b", or quotes around a text'],
  ['{.a[?(@.b=~"x")]}', '"~" is not understood'],
  ['{.a[?(@.b=1)]}', '"=" compares nothing; there are <, >, ==, !=, <=, >='],
])('%j is refused: %s', (text, problem) => {
  expect(() => parseJsonPath(text)).toThrow(problem);
});
