import { mkdirSync, writeFileSync } from 'node:fs';
import { Duration, Size } from 'cdk8s';
import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import {
  FluentBitLogs,
  FluentBitOutput,
  FluentBitParser,
  FluentBitSettings,
  FluentBitTls,
  HeaderValue,
  SharedVolume,
} from '../../../lib';
import { patternProblems } from '../../../lib/ready-made/fluent-bit/fluent-bit-pattern';
import { fluentBitProblems } from '../../../lib/ready-made/fluent-bit/fluent-bit-problems';
import { describeWithProgram } from '../../support/program';
import { Fields, FROM_POD, INSTALL, Sandbox } from './engine';

/** How many settings Fluent Bit judges. */
const numRuns = Number(process.env.RUNS ?? 50);
jest.setTimeout(60_000 + numRuns * 5000);

const ODD = 1;
const USUAL = 120;

function mostly<T>(usual: fc.Arbitrary<T>, ...odd: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: USUAL, arbitrary: usual }, { weight: ODD, arbitrary: fc.constantFrom(...odd) });
}

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** What may be in the text of a setting. */
const value = fc.oneof(
  fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((each) => /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u.test(each)),
  fc.constantFrom(
    '1e5',
    'null',
    'true',
    '0x10',
    '"',
    "'",
    '\\',
    '# a',
    'a: b',
    '- a',
    '$',
    '$x',
    '{x}',
    ' a ',
    '%s',
    '@x',
    'a,b',
    'a=b',
  ),
);
const ascii = fc.stringMatching(/^[!-~]([ -~]{0,8}[!-~])?$/);
const isPlain = (each: string): boolean => !each.includes('${');

const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'é',
    ' ',
    '"',
    '/',
    '#',
    '-',
    ',',
    ':',
    '\\.',
    '\\/',
    '\\[',
    '\\{',
    '\\$',
    '\\"',
    '\\ ',
    '\\x41',
    '\\t',
    '.',
    '^',
    '$',
    '|',
  ],
  ...[
    '\\d',
    '\\w',
    '\\s',
    '\\D',
    '\\S',
    '\\W',
    '\\b',
    '\\B',
    '\\A',
    '\\z',
    '[ab]',
    '[^a]',
    '[a-c\\d]',
    '[\\]a]',
    '[[:alpha:]]',
    '[[:^digit:]]',
    '[.$^]',
    '[a&b]',
    '[-a]',
    '[a-]',
  ],
  ...['(', ')', '(?:', '(?i:', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,}', '(?<n>', '(?<m>', '(?<n1>'],
);
/** What only one of the two takes, or both, but otherwise. */
const strange = fc.constantFrom(
  ...[
    '(?P<p>',
    '(?=',
    '(?!',
    '(?<=',
    '(?>',
    '(?i)',
    '(?m)',
    '(?s)',
    '(?x)',
    '\\Qa\\E',
    '\\pL',
    '\\p{L}',
    '\\h',
    '\\R',
    '\\K',
    '\\1',
    '\\k<n>',
    '\\x{41}',
    '\\C',
    '\\0',
    '\\G',
  ],
  ...[
    '[[a]b]',
    '[a&&b]',
    '[]',
    '[]a]',
    '[z-a]',
    '[a',
    '{',
    '}',
    ']',
    '{,2}',
    '{2}?',
    '{2}+',
    '*+',
    '**',
    '${X}',
    '\\',
    '\n',
    '\u0000',
    '\ud800',
    '(?<1>',
    '[[:x:]]',
    '[a-\\d]',
    '\\xff',
  ],
);
const pattern = fc
  .array(fc.oneof({ weight: 80, arbitrary: piece }, { weight: 1, arbitrary: strange }), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.join(''));
const named = pattern.chain((each) =>
  mostly(fc.constantFrom(`(?<x>${each})`, `${each}(?<x>.*)`, `(?<x>\\w+) (?<y>${each})`), each),
);

/** Most of what is put together at random is no expression. */
const mostlyRight = (each: fc.Arbitrary<string>, isNamed: boolean): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: each.filter((one) => patternProblems('', one, isNamed).length === 0) },
    { weight: 1, arbitrary: each },
  );

/** Logs of a folder, which have to be in different ones where their files are read. */
const logs = (source: FluentBitLogs['source']): fc.Arbitrary<FluentBitLogs> =>
  fc.record(
    {
      source: fc.constant(source),
      include: fc.array(
        mostly(fc.stringMatching(/^[a-z*?._@+=~-]{1,6}\.log$/), '', '/a', '../a', 'a b', 'a,b', '[a', '**'),
        { minLength: 1, maxLength: 2 },
      ),
      exclude: fc.array(fc.stringMatching(/^[a-z*?]{1,6}$/), { maxLength: 2 }),
      parser: fc.oneof(
        fc.constant(FluentBitParser.json()),
        mostly(
          fc.constantFrom('%s', '%Y-%m-%d %H:%M:%S.%L', '%d/%b/%Y:%H:%M:%S %z', '%H:%M'),
          '',
          'x',
          '%q',
          '%L %L',
          '%',
        ).map((timeFormat) => FluentBitParser.json({ timeField: 'time', timeFormat })),
        mostlyRight(named, true).map((each) => FluentBitParser.regex(each)),
      ),
      entryStart: mostlyRight(pattern, false),
      onlyNew: fc.boolean(),
    },
    { requiredKeys: ['source'] },
  );

const url = mostly(
  fc.constantFrom('http://127.0.0.1:9', 'http://a.example/x/', 'http://[::1]:9/a?b=c', 'http://a.example./'),
  ...[
    '',
    'a',
    'ftp://a',
    'http://',
    'http://a:0',
    'http://a:65536',
    'http://u:p@a',
    'http://a/ b',
    'http://a/#b',
    'http://${X}',
    'http://a/${X}',
    'http://a/v1/logs',
    'http://a/loki/api/v1/push',
  ],
);
const header = mostly(
  fc.constantFrom('x-a', 'X_b', 'accept'),
  '',
  'a b',
  'a:b',
  'host',
  'content-type',
  'authorization',
  'é',
);
const network = {
  retries: optional(mostly(fc.nat(9), -1, 1.5, Number.NaN)),
  tls: optional(mostly(fc.constantFrom(FluentBitTls.plaintext()), FluentBitTls.unverified())),
};
const http = fc.record(
  {
    ...network,
    headers: fc.dictionary(
      header,
      fc.oneof(
        ascii.map((each) => HeaderValue.of(each)),
        fc.constant(HeaderValue.fromSecret('s', 'k', 'Bearer ')),
      ),
      {
        maxKeys: 2,
        noNullPrototype: true,
      },
    ),
    basicAuthSecret: mostly(fc.constant('logs'), '', 'A', 'a_b'),
  },
  { requiredKeys: [] },
);
const output = fc.oneof(
  fc.constant(FluentBitOutput.stdout()),
  fc.tuple(url, http).map(([to, options]) => FluentBitOutput.http(to, options)),
  fc.tuple(url, http).map(([to, options]) => FluentBitOutput.otlpHttp(to, options)),
  fc
    .tuple(
      url,
      http,
      optional(ascii),
      fc.dictionary(
        mostly(fc.stringMatching(/^[a-z_]{1,4}$/), '1a', 'a-b', 'service_name'),
        mostly(fc.stringMatching(/^[a-z0-9.:/@+-]{1,5}$/), '', 'a,b', '$x', 'a"b'),
        { maxKeys: 2, noNullPrototype: true },
      ),
    )
    .map(([to, options, tenant, labels]) => FluentBitOutput.loki(to, { ...options, tenant, labels })),
  fc
    .tuple(
      mostly(fc.constantFrom('a.example', '::1', '10.0.0.1'), '', 'a b', '-a', '${X}', 'a/b'),
      fc.record({
        ...network,
        port: optional(mostly(fc.integer({ min: 1, max: 65535 }), 0, 65536, 1.5)),
        sharedKeySecret: optional(fc.constant('s')),
      }),
    )
    .map(([host, options]) => FluentBitOutput.forward(host, options)),
);

describeWithProgram(
  'fluent-bit',
  (program) => {
    let sandbox: Sandbox;

    beforeEach(() => {
      sandbox = new Sandbox(program);
    });

    afterEach(async () => {
      await sandbox.close();
    });

    /** What we say against settings that Fluent Bit starts with. */
    const OURS: readonly RegExp[] = [
      // It would connect to nothing, or send what the other side does not take.
      /^the (?:URL|host|port) of outputs/,
      /^the (?:prefix of the )?header .*(?:no name of letters|says itself|given twice|give printable ASCII)|^tenant of /,
      /^serviceName, which becomes a label|^the label .*(?:no name of letters|is there anyway|give letters, digits)/,
      /^TLS is asked for|^no TLS is asked for/,
      // It would take it for something else, or not take notice of it.
      /retries is .*; give a whole number|\.port is .*; give a whole number/,
      /^the pattern .* is no relative path|(?:stdout\(\)|the same one|would be sent) twice/,
      /; give text without control characters|looks for a variable/,
      /do not read alike|which is no regular expression|has no named group|give a regular expression$/,
      /^timeFormat of |has all that is included/,
      // Kubernetes would refuse it, or all would see a secret.
      /; give the name of an object|^the key of the header |would stand in a ConfigMap/,
    ];

    test('what we accept Fluent Bit accepts, and what we refuse it refuses, or would take otherwise than it is meant', async () => {
      const settings: fc.Arbitrary<FluentBitSettings> = fc.record(
        {
          logs: fc.array(logs(sandbox.logs), { minLength: 1, maxLength: 2 }),
          outputs: fc.array(output, { minLength: 1, maxLength: 3 }),
          serviceName: mostly(fc.constantFrom('shop', 'a.b'), 'a\nb'),
          fields: fc.dictionary(value, value, { maxKeys: 2, noNullPrototype: true }),
          bufferSize: fc.integer({ min: 8, max: 4096 }).map((count) => Size.mebibytes(count)),
          shutdownTimeout: fc.integer({ min: 1, max: 20 }).map((seconds) => Duration.seconds(seconds)),
        },
        { requiredKeys: ['logs', 'outputs'] },
      );
      const all = fc.sample(settings, { numRuns });
      const disagreements: unknown[] = [];
      let accepted = 0;
      const judge = async (own: Sandbox): Promise<void> => {
        for (let each = all.pop(); each; each = all.pop()) {
          const problems = fluentBitProblems({ serviceName: 'web', ...each });
          if (problems.length > 0) {
            const unexplained = problems.filter((problem) => !OURS.some((reason) => reason.test(problem)));
            if (unexplained.length > 0) {
              disagreements.push(unexplained);
            }
            continue;
          }
          accepted += 1;
          const verdict = await own.verdict(each);
          if (verdict !== '') {
            disagreements.push({ each: JSON.stringify(each), verdict });
          }
        }
      };
      const other = new Sandbox(program);
      await Promise.all([judge(sandbox), judge(other)]);
      await other.close();

      expect(disagreements).toStrictEqual([]);
      // Both are there, each often enough to be worth something.
      expect(accepted / numRuns).toBeGreaterThan(0.2);
      expect(accepted / numRuns).toBeLessThan(0.8);
    });

    test('a regular expression matches what it matches for RE2, with the same groups', async () => {
      // ASCII: what a letter is beyond that only Onigmo knows.
      const line = fc
        .array(fc.constantFrom(...Array.from('abcAB "/#-,:.[]{}$09_\t')), { minLength: 1, maxLength: 8 })
        .map((characters) => characters.join(''))
        .filter((each) => each.trim() !== '');
      const cases = fc.sample(
        fc.tuple(
          named.filter((each) => isPlain(each) && patternProblems('', each, true).length === 0),
          fc.uniqueArray(line, { minLength: 4, maxLength: 4 }),
        ),
        { numRuns },
      );
      const sizes = 25;
      for (let first = 0; first < cases.length; first += sizes) {
        const some = cases.slice(first, first + sizes);
        const folders = some.map((_, index) => sandbox.in(`logs/${first + index}`));
        some.forEach(([, lines], index) => {
          mkdirSync(folders[index]);
          writeFileSync(`${folders[index]}/app.log`, lines.map((each) => `${each}\n`).join(''));
        });
        const running = await sandbox.start({
          logs: some.map(([each], index) => ({
            source: SharedVolume.emptyDir(`logs-${index}`).at(folders[index]),
            parser: FluentBitParser.regex(each),
          })),
          outputs: [FluentBitOutput.stdout()],
        });
        await running.gives(some.length * 4);
        await running.end('SIGKILL');
        some.forEach(([each, lines], index) => {
          const got = running.recordsOf(`${folders[index]}/app.log`);
          expect([each, got]).toStrictEqual([each, lines.map((text) => expected(each, text))]);
        });
      }
    });

    test('what is in fields and headers arrives as it is', async () => {
      const receiver = await sandbox.receiver();
      const cases = fc.sample(
        fc.tuple(
          fc.dictionary(
            value.filter((each) => isPlain(each) && !(each in FROM_POD)),
            value.filter(isPlain),
            { maxKeys: 3, noNullPrototype: true },
          ),
          fc.dictionary(fc.stringMatching(/^x-[a-z]{1,5}$/), ascii.filter(isPlain), {
            maxKeys: 3,
            noNullPrototype: true,
          }),
          ascii.filter(isPlain),
        ),
        { numRuns: Math.ceil(numRuns / 5) },
      );
      for (const [index, [fields, headers, secret]] of cases.entries()) {
        mkdirSync(sandbox.in(`logs/${index}`));
        writeFileSync(sandbox.in(`logs/${index}/app.log`), 'one\n');
        const running = await sandbox.start(
          {
            logs: [{ source: SharedVolume.emptyDir('logs').at(sandbox.in(`logs/${index}`)) }],
            fields,
            outputs: [
              FluentBitOutput.http(`http://127.0.0.1:${receiver.port}/${index}`, {
                headers: {
                  ...Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, HeaderValue.of(each)])),
                  authorization: HeaderValue.fromSecret('logs', 'token', 'Bearer '),
                },
              }),
            ],
          },
          { token: secret },
        );
        await running.until('it has arrived', () => receiver.seen.length > index);
        await running.end('SIGKILL');
        const { body, headers: got } = receiver.seen[index];
        expect(JSON.parse(body.toString())).toMatchObject([{ ...FROM_POD, ...fields }]);
        expect(got).toMatchObject({ ...headers, authorization: `Bearer ${secret}` });
      }
    });
  },
  INSTALL,
  { elsewhere: true },
);

/** What a line becomes; one that matches without any of the groups is kept as well. */
function expected(pattern: string, text: string): Fields {
  const compiled = RE2JS.compile(pattern);
  const matcher = compiled.matcher(text);
  const groups = matcher.find() ? Object.keys(compiled.namedGroups()).map((name) => [name, matcher.group(name)]) : [];
  return groups.some(([, each]) => each !== null)
    ? { ...(Object.fromEntries(groups.map(([name, each]) => [name, each ?? ''])) as Fields), ...FROM_POD }
    : { log: text, ...FROM_POD };
}
