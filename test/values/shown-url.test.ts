import { shownUrl } from '../../lib/values/shown-url';

test.each([
  ['https://api.example:8443/v1', '"https://api.example:8443/v1"'],
  ['https://shop:hunter2@api.example/v1', '"https://…@api.example/v1"'],
  ['https://shop:hun/te@r2@api.example', '"https://…@api.example"'],
  ['https://shop:hun?te#r2@api.example', '"https://…@api.example"'],
  ['shop:hunter2@gateway:4317', '"…@gateway:4317"'],
  ['shop:hunter2@git.example:site.git', '"…@git.example:site.git"'],
  ['https:/shop:hunter2@api.example', '"…@api.example"'],
  ['https://shop:hun\nter2@api.example', '"https://…@api.example"'],
  ['https://api.example/?token=hunter2&page=1', '"https://api.example/?token=…&page=…"'],
  ['https://api.example/?token=hun=ter2', '"https://api.example/?token=…"'],
  ['https://api.example/?hunter2', '"https://api.example/?…"'],
  ['https://api.example/#token=hunter2', '"https://api.example/#token=…"'],
  ['https://shop:hunter2@api.example/?token=hunter2', '"https://…@api.example/?token=…"'],
  ['https://api.example?', '"https://api.example?"'],
  ['', '""'],
  [undefined, 'missing'],
  [5, '5'],
])('of %j a message shows %s', (url, text) => {
  expect(shownUrl(url)).toBe(text);
});
