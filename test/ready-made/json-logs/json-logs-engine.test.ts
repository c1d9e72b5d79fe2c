import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import * as fc from 'fast-check';
import { JsonLogFormat, JsonLogType } from '../../../lib';
import { patternFields } from '../../../lib/ready-made/json-logs/json-log-pattern';
import { formatProblems } from '../../../lib/ready-made/json-logs/json-logs-program';
import { describeWithProgram } from '../../support/program';
import { Busybox } from './engine';

const numRuns = Number(process.env.RUNS ?? 50);
jest.setTimeout(60_000 + numRuns * 1000);

/** What a reader makes of bytes: what is no UTF-8 is replaced, and how often is not told by everybody alike. */
function decoded(bytes: Uint8Array): string {
  return replaced(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
}

function replaced(text: string): string {
  return text.replaceAll(/\ufffd+/g, '\ufffd');
}

/** Bytes in which there is much that JSON, awk and UTF-8 care about. */
const byte = fc.oneof(
  fc.constantFrom(
    0,
    1,
    2,
    9,
    13,
    0x20,
    0x22,
    0x26,
    0x5c,
    0x7f,
    0x80,
    0xbf,
    0xc0,
    0xc3,
    0xe0,
    0xed,
    0xf0,
    0xf4,
    0xfe,
    0xff,
  ),
  fc.integer({ min: 0, max: 255 }).filter((each) => each !== 10),
);
const bytes = fc.oneof(
  fc.array(byte, { maxLength: 40 }).map((each) => Buffer.from(each)),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((each) => Buffer.from(each.replaceAll('\n', ' '))),
  fc.string({ unit: 'binary', maxLength: 30 }).map((each) => Buffer.from(each.replaceAll('\n', ' '))),
);

describeWithProgram('busybox', (program) => {
  let busybox: Busybox;
  beforeAll(() => {
    busybox = new Busybox(program);
  });
  afterAll(() => {
    busybox.close();
  });

  describe('lines', () => {
    test('whatever bytes come in, each line out is JSON with the very content', () => {
      const format = JsonLogFormat.regex('(?<first>[^ ]+) (?<rest>.*)');
      fc.assert(
        fc.property(fc.array(bytes, { minLength: 1, maxLength: 20 }), (lines) => {
          const expected = lines.map((line) => {
            const space = line.indexOf(0x20);
            const rest = decoded(line.subarray(space + 1));
            return space < 1
              ? { message: decoded(line), malformed: true }
              : { first: decoded(line.subarray(0, space)), ...(rest !== '' && { rest }) };
          });
          const given = busybox.formatted(format, lines).map((line) => JSON.parse(replaced(line)) as unknown);
          expect(given).toStrictEqual(expected);
        }),
        { numRuns },
      );
    });

    test('long ones, too, with characters at every place of a piece', () => {
      const format = JsonLogFormat.regex('x(?<text>.*)');
      for (const length of [4090, 4091, 4092, 4093, 4094, 4095, 4096, 4097, 8191, 100_000]) {
        for (const character of ['é', '한', '😀', '"', '\\', '\t', '\0']) {
          const text = `${'a'.repeat(length)}${character.repeat(5000)}"`;
          expect(busybox.objects(format, [`x${text}`, text])).toStrictEqual([
            { text },
            { message: text, malformed: true },
          ]);
        }
      }
    });

    test('numbers keep their digits, and what is none is malformed', () => {
      const format = JsonLogFormat.regex('(?<n>[^ ]*) (?<m>.*)', { types: { n: JsonLogType.number() }, absent: '-' });
      const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), maxLength: 25 });
      const number = fc
        .tuple(
          fc.constantFrom('', '-', '+'),
          digits,
          fc.constantFrom('', '.'),
          digits,
          fc.constantFrom('', 'e5', 'E-07', 'x'),
        )
        .map((parts) => parts.join(''));
      fc.assert(
        fc.property(fc.array(number, { minLength: 1, maxLength: 30 }), (numbers) => {
          const lines = busybox.formatted(
            format,
            numbers.map((each) => Buffer.from(`${each} m`)),
          );
          lines.forEach((line, index) => {
            const text = numbers[index];
            const value = JSON.parse(line) as { n?: number; malformed?: true };
            if (text === '' || text === '-') {
              expect(value).toStrictEqual({ m: 'm' });
            } else if (/^[-+]?(\d+(\.\d+)?|\.\d+)(e5|E-07)?$/.test(text)) {
              expect(value.n).toBe(Number(text));
              const significant = (each: string): string =>
                each
                  .replace(/^[-+]/, '')
                  .replace(/^0+(?=\d)/, '')
                  .replace(/^\./, '0.');
              expect(line.includes(`:${text.startsWith('-') ? '-' : ''}${significant(text)},`)).toBe(true);
            } else {
              expect(value.malformed).toBe(true);
            }
          });
        }),
        { numRuns },
      );
    });
  });

  describe('formats by name', () => {
    const NAMED = {
      client: fc.constantFrom('10.0.0.1', '::1', 'host.example'),
      user: fc.oneof(
        fc.constant('-'),
        bytes.filter(({ length }) => length > 0),
      ),
      second: fc.integer({ min: 0, max: 4e9 }),
      offset: fc.integer({ min: -14 * 4, max: 14 * 4 }).map((quarters) => quarters * 15),
      status: fc.integer({ min: 100, max: 599 }),
      size: fc.integer({ min: 0, max: 1e12 }),
    };
    /** The moment as nginx and Apache write it, and in ISO 8601. */
    function moment(second: number, minutes: number): { logged: string; iso: string } {
      const sign = minutes < 0 ? '-' : '+';
      const two = (value: number): string => `${value}`.padStart(2, '0');
      const [hh, mm] = [two(Math.floor(Math.abs(minutes) / 60)), two(Math.abs(minutes) % 60)];
      const local = new Date((second + minutes * 60) * 1000).toISOString().slice(0, 19);
      const [year, month, day] = local.slice(0, 10).split('-');
      const name = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
        Number(month) - 1
      ];
      return {
        logged: `${day}/${name}/${year}:${local.slice(11)} ${sign}${hh}${mm}`,
        iso: `${local}${sign}${hh}:${mm}`,
      };
    }
    const nginxEscaped = (text: Uint8Array): string =>
      [...text]
        .map((code) =>
          code < 32 || code > 126 || code === 0x22 || code === 0x5c
            ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
            : String.fromCharCode(code),
        )
        .join('');
    const APACHE: Record<number, string> = { 8: 'b', 9: 't', 10: 'n', 11: 'v', 13: 'r', 0x22: '"', 0x5c: '\\' };
    const apacheEscaped = (text: Uint8Array): string =>
      [...text]
        .map((code) =>
          code in APACHE
            ? `\\${APACHE[code]}`
            : code < 32 || code > 126
              ? `\\x${code.toString(16).padStart(2, '0')}`
              : String.fromCharCode(code),
        )
        .join('');

    test.each([
      ['nginx', JsonLogFormat.nginx(), nginxEscaped, true],
      ['nginx, main', JsonLogFormat.nginx(), nginxEscaped, true],
      ['Apache, combined', JsonLogFormat.apache(), apacheEscaped, true],
      ['Apache, common', JsonLogFormat.apacheCommon(), apacheEscaped, false],
    ])('%s: each field is what the client sent', (name, format, escaped, isCombined) => {
      const isMain = name.endsWith('main');
      const record = fc.record({ ...NAMED, path: bytes, isHttp: fc.boolean(), referer: bytes, agent: bytes });
      fc.assert(
        fc.property(fc.array(record, { minLength: 1, maxLength: 10 }), (records) => {
          const text = (value: Uint8Array): string => (value.length === 0 ? '-' : escaped(value));
          const lines = records.map(({ client, user, second, offset, status, size, path, isHttp, referer, agent }) => {
            const request = isHttp ? `GET /${escaped(path)} HTTP/1.1` : text(path);
            const who = typeof user === 'string' ? user : escaped(user);
            return (
              `${client} - ${who} [${moment(second, offset).logged}] "${request}" ` +
              `${status} ${size}${isCombined ? ` "${text(referer)}" "${text(agent)}"` : ''}${isMain ? ` "${text(path)}"` : ''}`
            );
          });
          const given = busybox
            .objects(format, lines)
            .map((each) => JSON.parse(replaced(JSON.stringify(each))) as Record<string, unknown>);
          records.forEach(({ client, user, second, offset, status, size, path, isHttp, referer, agent }, index) => {
            const field = (key: string, value: Uint8Array | string): object => {
              const content = typeof value === 'string' ? value : decoded(value);
              return content === '-' || content === '' ? {} : { [key]: content };
            };
            const hasSpace = path.includes(0x20);
            expect(given[index]).toStrictEqual({
              client,
              ...field('user', user),
              time: moment(second, offset).iso,
              ...(isHttp && !hasSpace
                ? { method: 'GET', path: `/${decoded(path)}`, protocol: 'HTTP/1.1' }
                : isHttp
                  ? { request: `GET /${decoded(path)} HTTP/1.1` }
                  : requestOf(decoded(path))),
              status,
              bytes: size,
              ...(isCombined && { ...field('referer', referer), ...field('agent', agent) }),
              ...(isMain && field('forwarded', path)),
            });
          });
        }),
        { numRuns },
      );
    });

    /** A request of random bytes that happens to be one of HTTP is taken for it. */
    function requestOf(text: string): object {
      return text === '' || text === '-' ? {} : { request: text };
    }

    test('the error logs of nginx and Apache', () => {
      expect(
        busybox.objects(JsonLogFormat.nginxError({ utcOffset: '+09:00' }), [
          '2026/11/22 13:55:36 [error] 29#30: *1 open() "/x" failed (2: No such file), client: 10.0.0.1',
          '2026/11/22 13:55:36 [notice] 1#1: start worker processes',
          'a second line',
        ]),
      ).toStrictEqual([
        {
          time: '2026-11-22T13:55:36+09:00',
          level: 'error',
          process: 29,
          thread: 30,
          connection: 1,
          message: 'open() "/x" failed (2: No such file), client: 10.0.0.1',
        },
        {
          time: '2026-11-22T13:55:36+09:00',
          level: 'notice',
          process: 1,
          thread: 1,
          message: 'start worker processes',
        },
        { message: 'a second line', malformed: true },
      ]);
      expect(
        busybox.objects(JsonLogFormat.apacheError(), [
          '[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 72.15.99.187:1] AH00128: no \\"x\\"',
          "[Fri Sep 09 10:42:29.902022 2011] [mpm_event:notice] [pid 7] AH00094: Command line: 'httpd'",
        ]),
      ).toStrictEqual([
        {
          time: '2011-09-09T10:42:29.902022Z',
          module: 'core',
          level: 'error',
          process: 35708,
          thread: 4328636416,
          client: '72.15.99.187:1',
          message: 'AH00128: no "x"',
        },
        {
          time: '2011-09-09T10:42:29.902022Z',
          module: 'mpm_event',
          level: 'notice',
          process: 7,
          message: "AH00094: Command line: 'httpd'",
        },
      ]);
    });
  });

  describe('timestamps', () => {
    const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
    const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
    const two = (value: number): string => `${value}`.padStart(2, '0');

    /** What a program would write. */
    function written(layout: string, at: Date, fraction: string): string {
      const values: Record<string, string> = {
        Y: `${at.getUTCFullYear()}`.padStart(4, '0'),
        m: two(at.getUTCMonth() + 1),
        b: MONTHS[at.getUTCMonth()],
        d: two(at.getUTCDate()),
        e: `${at.getUTCDate()}`.padStart(2),
        H: two(at.getUTCHours()),
        M: two(at.getUTCMinutes()),
        S: two(at.getUTCSeconds()),
        f: fraction,
        z: '+0000',
        a: DAYS[at.getUTCDay()],
        '%': '%',
      };
      return layout.replaceAll(/%(.)/g, (_, letter: string) => values[letter]);
    }

    test('each layout that is accepted is read as it was written; others are refused', () => {
      const letter = fc.constantFrom(...Array.from('YmbdeHMSfza%'));
      const separator = fc.constantFrom(
        ' ',
        '/',
        '-',
        ':',
        '.',
        ',',
        'T',
        '[',
        ']',
        '*',
        '^',
        '\\',
        '|',
        '$',
        '"',
        '{2}',
      );
      const all = fc
        .tuple(fc.constantFrom('m', 'b'), fc.constantFrom('d', 'e'), fc.subarray(['f', 'a', 'z', '%']))
        .chain(([month, day, more]) =>
          fc.shuffledSubarray(['Y', month, day, 'H', 'M', 'S', ...more], { minLength: 6 }),
        );
      const letters = fc.oneof(all, all, all, fc.array(letter, { minLength: 6, maxLength: 9 }));
      const layout = fc
        .tuple(letters, fc.array(separator, { minLength: 10, maxLength: 10 }))
        .map(([each, separators]) => each.map((name, index) => `%${name}${separators[index]}`).join(''));
      const problem = /has no|has something twice/;
      fc.assert(
        fc.property(
          layout,
          fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
          fc.stringMatching(/^[0-9]{1,9}$/),
          (text, at, fraction) => {
            const format = JsonLogFormat.regex('<(?<at>.*)>', { types: { at: JsonLogType.timestamp(text) } });
            const problems = formatProblems(format);
            if (problems.length > 0) {
              expect(problems.every((each) => problem.test(each))).toBe(true);
              return;
            }
            const iso =
              at.toISOString().slice(0, 19) +
              (text.includes('%f') ? `.${fraction}` : '') +
              (text.includes('%z') ? '+00:00' : 'Z');
            expect(busybox.objects(format, [`<${written(text, at, fraction)}>`, '<yesterday>'])).toStrictEqual([
              { at: iso },
              { message: '<yesterday>', malformed: true },
            ]);
          },
        ),
        { numRuns },
      );
    });

    test.each([
      '2026-13-01 00:00:00',
      '2026-00-01 00:00:00',
      '2026-01-32 00:00:00',
      '2026-01-01 24:00:00',
      '2026-01-01 00:60:00',
    ])('%s is no moment', (line) => {
      const format = JsonLogFormat.regex('(?<at>.*)', { types: { at: JsonLogType.timestamp('%Y-%m-%d %H:%M:%S') } });
      expect(busybox.objects(format, [line])).toStrictEqual([{ message: line, malformed: true }]);
    });
  });

  describe('regular expressions', () => {
    const atom = fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        'c',
        ' ',
        '.',
        '\\d',
        '\\w',
        '\\S',
        '[ab]',
        '[^a ]',
        '[a-c1]',
        '\\.',
        '\\\\',
        '/',
        '"',
        '-',
        '1',
        '{',
        'é',
      ),
      fc.constantFrom(
        '[]',
        '[^]',
        '[-a]',
        '[a-]',
        '[\\]^]',
        '[^\\]\\-]',
        '[^^-]',
        '[\\[:a]',
        '\\x41',
        '\\t',
        '\\b',
        '\\1',
        '\\p',
        '[z-a]',
        '^',
        '$',
      ),
      fc.constantFrom('(', ')', '*', '+', '?', '(?=a)', '(?i)', '(?!b)', '}', ']', '[[:alpha:]]', '[[:word:]]', '[é]'),
    );
    const common = fc.constantFrom('a', 'b', 'c', ' ', '.', '\\d', '\\w', '[ab]', '[^a ]', '\\.', '/', '"', '1');
    const repeated = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc
        .tuple(
          inner,
          fc.oneof(
            { weight: 14, arbitrary: fc.constantFrom('', '', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}') },
            { weight: 1, arbitrary: fc.constantFrom('*?', '+?', '{3,1}', '{999}', '**') },
          ),
        )
        .map((parts) => parts.join(''));
    const { pattern } = fc.letrec<{ pattern: string; sequence: string; item: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        tie('sequence'),
        tie('sequence'),
        fc.array(tie('sequence'), { minLength: 2, maxLength: 3 }).map((each) => each.join('|')),
      ),
      sequence: fc.array(tie('item'), { minLength: 1, maxLength: 4 }).map((each) => each.join('')),
      item: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        repeated(common),
        repeated(common),
        repeated(common),
        fc.oneof({ weight: 4, arbitrary: repeated(common) }, { weight: 1, arbitrary: repeated(atom) }),
        repeated(tie('pattern').map((each) => `(?:${each})`)),
        tie('pattern').map((each) => `(${each})`),
        fc.tuple(fc.constantFrom('x', 'y', 'z', 'u', 'v'), tie('pattern')).map(([name, each]) => `(?<${name}>${each})`),
      ),
    }));
    const withField = fc
      .tuple(fc.constantFrom('w', 'w', 'w', 'x', ''), pattern, fc.constantFrom('', ' ', '.*', '$'))
      .map(([name, first, end]) => (name === '' ? `${first}${end}` : `(?<${name}>${first})${end}`));
    const line = fc.string({ unit: fc.constantFrom(...Array.from('aabbcc11 ./"-\\^]{}[x\tAé')), maxLength: 6 });

    /** What is refused although JavaScript takes it: what awk has not, or would take for something else. */
    const ONLY_OURS =
      /it has no field|nothing is lazy|write "\\|there are groups|is for the beginning|has one value only|repeats more than|counts from 1|in brackets there is ASCII|there are \\d|in brackets there are|nothing to match|more than 8 pairs|repeats nothing|range before/;

    /** As JavaScript reads it, byte by byte. */
    function expression(text: string): RegExp | undefined {
      try {
        const inBytes = Buffer.from(text)
          .toString('latin1')
          .replaceAll('[[:alpha:]]', '[A-Za-z]')
          // A character of several bytes is one to who repeats it.
          .replaceAll('\u00c3\u00a9', '(?:\u00c3\u00a9)')
          .replaceAll('\\w', '[0-9A-Za-z_]')
          .replaceAll('\\S', '[^\\t\\n\\f\\r ]');
        return new RegExp(`^(?:${inBytes.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')})$`);
      } catch {
        return undefined;
      }
    }

    test('what is accepted matches what it says, and what is refused cannot be had', () => {
      fc.assert(
        fc.property(withField, fc.array(line, { minLength: 30, maxLength: 50 }), (text, lines) => {
          const names = patternFields(text);
          const regex = expression(text);
          if ('problem' in names) {
            if (regex && !ONLY_OURS.test(names.problem)) {
              throw new Error(`${text} is refused: ${names.problem}`);
            }
            return;
          }
          if (!regex) {
            throw new Error(`${text} is accepted, but JavaScript does not know it`);
          }
          const format = JsonLogFormat.regex(text);
          const given = busybox.objects(format, lines) as { malformed?: true }[];
          given.forEach((each, index) => {
            const matches = regex.test(Buffer.from(lines[index]).toString('latin1'));
            expect({ line: lines[index], matches: each.malformed !== true }).toStrictEqual({
              line: lines[index],
              matches,
            });
          });
        }),
        { numRuns: numRuns * 10 },
      );
    });

    test('fields with something between them are what they are, however many', () => {
      const separator = fc.constantFrom(' ', '"', '/', '|', '\\', '[', ' - ', '*', '^', '$', '{', 'é');
      const quantifier = fc.constantFrom('*', '+', '{1,9}');
      const field = fc.record({ separator, quantifier, bracketed: fc.boolean(), optional: fc.boolean() });
      const escape = (text: string): string => text.replaceAll(/[^A-Za-z0-9 é]/g, '\\$&');
      const value = fc.string({ unit: fc.constantFrom(...Array.from('abc123._')), maxLength: 9 });
      fc.assert(
        fc.property(
          fc.array(field, { minLength: 1, maxLength: 30 }),
          fc.array(fc.array(value, { minLength: 30, maxLength: 30 }), { minLength: 1, maxLength: 5 }),
          (parts, rows) => {
            const regex = parts
              .map(({ bracketed, quantifier: count, separator: end, optional }, index) => {
                const inside = bracketed ? `(?:[a-c._]|[0-9])${count}` : `[\\w.]${count}`;
                return `(?<f${index}>${inside})${optional ? '?' : ''}${escape(end)}`;
              })
              .join('');
            const texts = rows.map((row) => parts.map(({ separator: end }, index) => `${row[index]}${end}`).join(''));
            const expected = rows.map((row, index) =>
              parts.every(({ quantifier: count, optional }, at) => count === '*' || optional || row[at] !== '')
                ? (Object.fromEntries(
                    parts.map((_, at) => [`f${at}`, row[at]]).filter(([, each]) => each !== ''),
                  ) as object)
                : { message: texts[index], malformed: true },
            );
            expect(busybox.objects(JsonLogFormat.regex(regex), texts)).toStrictEqual(expected);
          },
        ),
        { numRuns },
      );
    });

    test('the first of several formats that a line is of counts', () => {
      const format = JsonLogFormat.firstOf(
        JsonLogFormat.regex('(?<level>[A-Z]+) (?<message>.*)'),
        JsonLogFormat.regex('(?<n>\\d+)', { types: { n: JsonLogType.number() } }),
        JsonLogFormat.regex('(?<other>\\w+)'),
      );
      expect(busybox.objects(format, ['INFO started', '7', 'x', '?'])).toStrictEqual([
        { level: 'INFO', message: 'started' },
        { n: 7 },
        { other: 'x' },
        { message: '?', malformed: true },
      ]);
    });
  });

  describe('the file', () => {
    const format = JsonLogFormat.regex('(?<line>.*)');
    const line = (text: string): object => ({ line: text });
    let count = 0;
    const newFile = (): string => busybox.in(`app-${++count}.log`);

    test('may come later, and each line shows up while it is open', async () => {
      const file = newFile();
      const follower = busybox.follow(format, file);
      writeFileSync(file, 'one\ntwo\nthr');
      await follower.gives(2);
      appendFileSync(file, 'ee\n');
      expect(await follower.gives(3)).toStrictEqual(['one', 'two', 'three'].map(line));
      expect(await follower.end()).toBe(0);
      expect(follower.said).toBe('');
    });

    test('is followed through rotation: what is written to the old one meanwhile is not lost', async () => {
      const file = newFile();
      writeFileSync(file, '');
      const follower = busybox.follow(format, file);
      const expected: string[] = [];
      for (let round = 0; round < 3; round++) {
        const writer = openSync(file, 'a');
        const write = (text: string): void => {
          writeSync(writer, `${text}\n`);
          expected.push(text);
        };
        write(`${round}: before`);
        await follower.gives(expected.length);
        renameSync(file, `${file}.${round}`);
        write(`${round}: renamed`);
        await follower.gives(expected.length);
        writeFileSync(file, '');
        // A process that has not opened the new one yet.
        write(`${round}: late`);
        closeSync(writer);
      }
      expect(await follower.gives(expected.length)).toStrictEqual(expected.map(line));
      expect(await follower.end()).toBe(0);
    });

    test('is read again from its beginning when it has been truncated', async () => {
      const file = newFile();
      writeFileSync(file, 'a line that is long\n');
      const follower = busybox.follow(format, file);
      await follower.gives(1);
      truncateSync(file);
      appendFileSync(file, 'short\n');
      await follower.gives(2);
      truncateSync(file);
      appendFileSync(file, 'x\n');
      expect(await follower.gives(3)).toStrictEqual(['a line that is long', 'short', 'x'].map(line));
      await follower.end();
    });

    test('is read to its end after SIGTERM, be it rotated, and without a newline at its end', async () => {
      const file = newFile();
      const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index} `.padEnd(80, 'x'));
      writeFileSync(file, `${lines.join('\n')}\n`);
      const follower = busybox.follow(format, file);
      await follower.gives(1);
      renameSync(file, `${file}.1`);
      writeFileSync(file, 'the last words');
      expect(await follower.end()).toBe(0);
      expect(follower.lines).toStrictEqual([...lines, 'the last words'].map(line));
      expect(follower.said).toBe('');
    });

    test('ends, too, when it has never come', async () => {
      const follower = busybox.follow(format, newFile());
      const other = newFile();
      writeFileSync(other, 'started\n');
      await busybox.follow(format, other).gives(1);
      expect(await follower.end()).toBe(0);
      expect(follower.lines).toStrictEqual([]);
      expect(follower.said).toBe('');
    });

    test('a formatter that ends takes the container with it, so that the kubelet starts both again', async () => {
      const file = newFile();
      writeFileSync(file, 'one\n');
      const follower = busybox.follow(format, file);
      await follower.gives(1);
      const awk = readdirSync('/proc').find((pid) => {
        try {
          const [, group] = /\) \S \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
          return Number(group) === follower.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('awk');
        } catch {
          return false;
        }
      });
      execFileSync('kill', ['-KILL', String(awk)]);
      appendFileSync(file, 'two\n');
      expect(await follower.ended()).toBe(1);
    });
  });
});
