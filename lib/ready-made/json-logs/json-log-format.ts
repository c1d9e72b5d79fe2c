import { assertShape, listOf, made } from '../../values/shape';
import { JsonLogTimestampOptions, JsonLogType } from './json-log-type';

/** What a regular expression alone does not say. */
export interface JsonLogRegexOptions {
  /**
   * The types of fields that are no texts, by their names.
   *
   * @default - each field is a text
   */
  readonly types?: { [field: string]: JsonLogType };

  /**
   * What stands for a value that is not there, such as `-`: a field that is just this is left out. One that is empty is
   * left out in any case.
   *
   * @default - nothing does
   */
  readonly absent?: string;

  /**
   * Whether texts have escapes with a backslash as nginx and Apache write them, `\x22` or `\"`, which become what they
   * stand for.
   *
   * @default false
   */
  readonly escapes?: boolean;
}

/**
 * How an application writes its log lines, and what their fields are called in JSON.
 *
 * @example
 *
 * const format = JsonLogFormat.regex('(?<level>[A-Z]+) (?<seconds>[0-9.]+) (?<message>.*)', {
 *   types: { seconds: JsonLogType.number() },
 * });
 */
export class JsonLogFormat {
  /**
   * nginx's access log as it is unless told otherwise, `combined`, and as in the configuration that nginx's packages and
   * image bring, `main`. Its fields: client, user, time, method, path, protocol, status, bytes, referer, agent, and with
   * `main` forwarded, of X-Forwarded-For; a request that is none of HTTP is one field, request.
   */
  public static nginx(): JsonLogFormat {
    const line = (request: string): string =>
      `(?<client>[^ ]+) - (?<user>.+) \\[(?<time>[^\\]]+)\\] "${request}" ${STATUS} "(?<referer>[^"]*)" "(?<agent>[^"]*)"` +
      '(?: "(?<forwarded>[^"]*)")?';
    return JsonLogFormat.access(line, '[^" ]+', '[^"]*');
  }

  /**
   * nginx's error log. Its fields: time, level, process, thread, connection, message.
   *
   * @param options the offset from UTC, which nginx does not write
   */
  public static nginxError(options: JsonLogTimestampOptions = {}): JsonLogFormat {
    const line = (connection: string): string =>
      `(?<time>[0-9/]+ [0-9:]+) \\[(?<level>[a-z]+)\\] (?<process>\\d+)#(?<thread>\\d+): ${connection}(?<message>.*)`;
    const number = JsonLogType.number();
    const types = { time: JsonLogType.timestamp('%Y/%m/%d %H:%M:%S', options), process: number, thread: number };
    return JsonLogFormat.firstOf(
      JsonLogFormat.regex(line('\\*(?<connection>\\d+) '), { types: { ...types, connection: number } }),
      JsonLogFormat.regex(line(''), { types }),
    );
  }

  /** Apache's access log as `combined`: with what `apacheCommon` has, and referer and agent. */
  public static apache(): JsonLogFormat {
    const line = (request: string): string =>
      `${apacheCommon(request)} "(?<referer>${APACHE_TEXT})" "(?<agent>${APACHE_TEXT})"`;
    return JsonLogFormat.access(line, APACHE_PATH, APACHE_TEXT);
  }

  /**
   * Apache's access log as `common`. Its fields: client, logname, user, time, method, path, protocol, status, bytes; a
   * request that is none of HTTP is one field, request.
   */
  public static apacheCommon(): JsonLogFormat {
    return JsonLogFormat.access(apacheCommon, APACHE_PATH, APACHE_TEXT);
  }

  /**
   * Apache's error log as it is unless told otherwise. Its fields: time, module, level, process, thread, client, message.
   *
   * @param options the offset from UTC, which Apache does not write
   */
  public static apacheError(options: JsonLogTimestampOptions = {}): JsonLogFormat {
    const line = (client: string): string =>
      '\\[(?<time>[A-Z][^\\]]+)\\] \\[(?<module>[^\\]:]*):(?<level>[^\\]]+)\\] ' +
      `\\[pid (?<process>\\d+)(?::tid (?<thread>\\d+))?\\] ${client}(?<message>.*)`;
    const number = JsonLogType.number();
    const types = {
      time: JsonLogType.timestamp('%a %b %e %H:%M:%S.%f %Y', options),
      process: number,
      thread: number,
    };
    return JsonLogFormat.firstOf(
      JsonLogFormat.regex(line('\\[client (?<client>[^\\]]+)\\] '), { types, escapes: true }),
      JsonLogFormat.regex(line(''), { types, escapes: true }),
    );
  }

  /**
   * Any other format, by a regular expression for the whole line, whose named groups are the fields: `(?<name>…)`.
   *
   * It is an extended one of POSIX, as awk has them, with `\d`, `\w`, `\s`, `\D`, `\W`, `\S` and `(?:…)` besides. Of
   * several ways to match, the earlier groups get as much as they can. There is nothing lazy: instead of `.*?` say what is
   * not in the field, `[^ ]*`.
   *
   * @param pattern as in `(?<level>[A-Z]+) (?<message>.*)`
   */
  public static regex(pattern: string, options: JsonLogRegexOptions = {}): JsonLogFormat {
    return new JsonLogFormat([{ pattern, options }]);
  }

  /**
   * Several formats for one file: a line is of the first that it matches.
   *
   * @throws when one of them is no format
   */
  public static firstOf(...formats: JsonLogFormat[]): JsonLogFormat {
    assertShape('JsonLogFormat.firstOf', formats, (value) => FORMATS(value, 'formats'));
    return new JsonLogFormat(formats.flatMap(({ _lines }) => _lines));
  }

  /** Lines whose request is one of HTTP, and others, which scanners send. */
  private static access(line: (request: string) => string, path: string, request: string): JsonLogFormat {
    const number = JsonLogType.number();
    const types = { time: JsonLogType.timestamp('%d/%b/%Y:%H:%M:%S %z'), status: number, bytes: number };
    const options = { types, absent: '-', escapes: true };
    return JsonLogFormat.firstOf(
      JsonLogFormat.regex(line(`(?<method>[A-Z]+) (?<path>${path}) (?<protocol>HTTP/[0-9.]+)`), options),
      JsonLogFormat.regex(line(`(?<request>${request})`), options),
    );
  }

  private constructor(
    /**
     * What lines look like, in the order in which it is tried.
     *
     * @internal
     */
    public readonly _lines: readonly Line[],
  ) {}
}

/** @internal */
export interface Line {
  readonly pattern: string;
  readonly options: JsonLogRegexOptions;
}

const FORMATS = listOf(
  'formats',
  made('_lines', 'a JsonLogFormat, as in JsonLogFormat.nginx(), and each as an argument of its own'),
);

const STATUS = '(?<status>\\d+) (?<bytes>\\d+|-)';
/** What stands in quotes, in which Apache has a backslash before a quote. */
const APACHE_TEXT = '(?:[^"\\\\]|\\\\.)*';
const APACHE_PATH = '(?:[^" \\\\]|\\\\.)+';

function apacheCommon(request: string): string {
  return `(?<client>[^ ]+) (?<logname>[^ ]+) (?<user>.+) \\[(?<time>[^\\]]+)\\] "${request}" ${STATUS}`;
}
