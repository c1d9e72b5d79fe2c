import { JsonLogFormat, Line } from './json-log-format';
import { AwkMatch, awkMatches, patternFields } from './json-log-pattern';
import { references, timestampFunction, timestampProblems } from './json-log-timestamp';
import { JsonLogTimestampOptions, JsonLogType } from './json-log-type';
import { fields, flag, kind, listOf, made, mapOf, onlyFields, shown, text } from '../../values/shape';
import { quoteList } from '../../values/text';

/** A character beyond ASCII in UTF-8, as RFC 3629 has it. */
const BEYOND_ASCII =
  '[\\302-\\337][\\200-\\277]|\\340[\\240-\\277][\\200-\\277]|[\\341-\\354\\356\\357][\\200-\\277][\\200-\\277]|' +
  '\\355[\\200-\\237][\\200-\\277]|\\360[\\220-\\277][\\200-\\277][\\200-\\277]|' +
  '[\\361-\\363][\\200-\\277][\\200-\\277][\\200-\\277]|\\364[\\200-\\217][\\200-\\277][\\200-\\277]';
/** ASCII that JSON takes as it is, in brackets. */
const PLAIN = ']-~ !#-[';

/**
 * What each program has: values as JSON.
 *
 * busybox's awk knows bytes and not characters, and no NUL: the byte 0xFF, which no UTF-8 has, stands for it.
 */
const LIBRARY = `
BEGIN {
  for (i = 1; i < 255; i++) byte[sprintf("%02x", i)] = sprintf("%c", i)
  byte["00"] = "\\377"
  byte["ff"] = "\\376"
  for (i = 1; i < 32; i++) control[sprintf("%c", i)] = sprintf("\\\\u%04x", i)
  control["\\177"] = "\\\\u007f"
  escaped["n"] = "\\n"; escaped["t"] = "\\t"; escaped["r"] = "\\r"; escaped["b"] = "\\b"; escaped["v"] = "\\v"; escaped["f"] = "\\f"
  escaped["\\""] = "\\""
}

function quoted(s) {
  return "\\"" (s ~ /[^${PLAIN}]/ ? json(s) : s) "\\""
}

# What is long in pieces, as each change of a text takes the longer the more is behind it.
function json(s,    result, cut, c) {
  while (length(s) > 4096) {
    cut = 4096
    while (cut > 4093 && substr(s, cut + 1, 1) ~ /[\\200-\\277]/) cut--
    result = result json(substr(s, 1, cut))
    s = substr(s, cut + 1)
  }
  gsub(/\\\\/, "\\\\\\\\", s)
  gsub(/"/, "\\\\\\"", s)
  if (s ~ /[\\001-\\037\\177]/) for (c in control) if (index(s, c)) gsub(c, control[c], s)
  gsub(/\\377/, "\\\\u0000", s)
  if (s !~ /^([${PLAIN}]|${BEYOND_ASCII})*$/) {
    # Each character between marks, and each byte that is none: that one is replaced.
    gsub(/${BEYOND_ASCII}|[\\200-\\377]/, "\\001&\\002", s)
    gsub(/\\001[\\200-\\377]\\002/, "\\357\\277\\275", s)
    gsub(/[\\001\\002]/, "", s)
  }
  return result s
}

# What escapes with a backslash stand for.
function decoded(s,    n, i, part, result) {
  n = split(s, part, /\\\\/)
  result = part[1]
  for (i = 2; i <= n; i++) {
    if (part[i] == "") result = result "\\\\" part[++i]
    else if (part[i] ~ /^x[0-9A-Fa-f][0-9A-Fa-f]/) result = result byte[tolower(substr(part[i], 2, 2))] substr(part[i], 4)
    else if (substr(part[i], 1, 1) in escaped) result = result escaped[substr(part[i], 1, 1)] substr(part[i], 2)
    else result = result "\\\\" part[i]
  }
  return result
}

function text(name, s) {
  if (s == "" || s == absent) return ""
  return ",\\"" name "\\":" quoted(escapes && index(s, "\\\\") ? decoded(s) : s)
}

function number(name, s,    sign) {
  if (s == "" || s == absent) return ""
  if (s !~ JSON_NUMBER && s ~ /^[-+]?[.]?[0-9]/) {
    sign = sub(/^-/, "", s) ? "-" : ""
    if (sign == "") sub(/^[+]/, "", s)
    sub(/^0+/, "", s)
    s = sign (s ~ /^[0-9]/ ? "" : "0") s
  }
  if (s !~ JSON_NUMBER) malformed = 1
  return ",\\"" name "\\":" s
}

function moment(name, s, iso) {
  if (s == "" || s == absent) return ""
  if (iso == "") malformed = 1
  return ",\\"" name "\\":\\"" iso "\\""
}
`;
const JSON_NUMBER = '/^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$/';

/** The program of awk that makes JSON of lines. */
export function renderProgram({ _lines: lines }: JsonLogFormat): string {
  const moments = new Moments();
  const functions = lines.map((line, index) => lineFunction(line, `format${index + 1}`, moments));
  const [first, ...others] = lines.map((_, index) => `format${index + 1}($0)`);
  return [
    '# Lines of a log, each as an object of JSON; for the awk of busybox. LC_ALL has to be C.',
    '{',
    `  line = ${first}`,
    ...others.map((other) => `  if (line == "") line = ${other}`),
    '  if (line == "") line = "{\\"message\\":" quoted($0) ",\\"malformed\\":true}"',
    '  print line',
    '  fflush()',
    '}',
    '',
    ...functions,
    ...moments.functions,
    LIBRARY.replaceAll('JSON_NUMBER', JSON_NUMBER).trim(),
    '',
  ].join('\n');
}

/** The functions for timestamps, one for each layout. */
class Moments {
  private readonly names = new Map<string, string>();
  public readonly functions: string[] = [];

  public nameOf({ layout, options }: { layout: string; options: JsonLogTimestampOptions }): string {
    const key = `${options.utcOffset} ${layout}`;
    const known = this.names.get(key);
    if (known !== undefined) {
      return known;
    }
    const name = `iso${this.names.size + 1}`;
    this.names.set(key, name);
    this.functions.push(timestampFunction(name, layout, options));
    return name;
  }
}

function lineFunction({ pattern, options }: Line, functionName: string, moments: Moments): string {
  const { types = {}, absent = '', escapes = false } = options;
  const matches = awkMatches(pattern);
  const members = matches.flatMap(({ fields: found }, index) =>
    found.map(({ name, group }) => {
      const value = `${arrayOf(index)}[${group + 1}]`;
      const type = Object.hasOwn(types, name) ? types[name]._type : { kind: 'text' as const };
      return type.kind === 'timestamp'
        ? `moment("${name}", ${value}, ${moments.nameOf(type)}(${value}))`
        : `${type.kind}("${name}", ${value})`;
    }),
  );
  return `# ${pattern.replaceAll(/[^\x20-\x7e]/gu, '?')}
function ${functionName}(s) {
${matches.map((match, index) => attempt(match, index)).join('')}  absent = ${string(absent)}
  escapes = ${Number(escapes)}
  malformed = 0
  s = ${members.join('\\\n    ')}
  return malformed ? "" : "{" substr(s, 2) "}"
}
`;
}

/** One array a part of a line. */
function arrayOf(index: number): string {
  return `part${index + 1}`;
}

function attempt({ regex, fields: found, rest }: AwkMatch, index: number): string {
  const groups = Math.max(...found.map(({ group }) => group), rest ?? 0);
  const match = `gensub(/${regex}/, "${references(groups)}", 1, s)`;
  const next = rest === undefined ? '' : `  s = ${arrayOf(index)}[${rest + 1}]\n`;
  return `  if (split(${match}, ${arrayOf(index)}, "\\n") != ${groups + 1}) return ""\n${next}`;
}

/** A string of awk, of printable ASCII. */
function string(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

const OPTIONS = onlyFields(
  {},
  {
    types: mapOf('types', made('_type', 'a JsonLogType, as in JsonLogType.number()')),
    absent: kind('a text of printable ASCII', (value) => typeof value === 'string' && /^[\x20-\x7e]*$/.test(value)),
    escapes: flag,
  },
);
const LINE = fields({ pattern: text, options: OPTIONS });
const TIMESTAMP = fields({ layout: text, options: onlyFields({}, { utcOffset: text }) });

export const JSON_LOG_FORMAT = made('_lines', 'a JsonLogFormat, as in JsonLogFormat.nginx()');

/** All that is wrong with a format, a sentence each; none if awk takes it as it was meant. */
export function formatProblems({ _lines: lines }: JsonLogFormat): readonly string[] {
  const misshapen = listOf('formats', LINE)(lines, 'format');
  if (misshapen.length > 0) {
    return misshapen;
  }
  return lines.length === 0
    ? ['format has no format in it; give firstOf at least one']
    : lines.flatMap((line, index) => lineProblems(line, lines.length === 1 ? 'format' : `format[${index}]`));
}

function lineProblems({ pattern, options: { types = {} } }: Line, path: string): readonly string[] {
  const names = patternFields(pattern);
  if ('problem' in names) {
    return [`the regular expression of ${path} is ${shown(pattern)}, and ${names.problem}`];
  }
  return Object.entries(types).flatMap(([name, type]: [string, JsonLogType]) => {
    const what = `the type of ${shown(name)} in ${path}`;
    if (!names.includes(name)) {
      return [`${what} is given, but there is no such field; there are ${quoteList(names)}`];
    }
    if (type._type.kind !== 'timestamp') {
      return [];
    }
    const problems = TIMESTAMP(type._type, what);
    return problems.length > 0 ? problems : timestampProblems(type._type.layout, type._type.options, what);
  });
}

export const PROGRAM_FOLDER = '/etc/json-logs';
export const PROGRAM_FILE = 'format.awk';
export const FOLLOW_FILE = 'follow.sh';

/** The script that follows a file; `folder` is where the program is. */
export function followScript(folder = PROGRAM_FOLDER): string {
  return `# Follows a file by its name, through rotation and truncation, and makes JSON of its lines. What has been written before
# SIGTERM comes is still read.
export LC_ALL=C
file=$1

# Runs a program to its end though SIGTERM comes.
undisturbed() {
  (trap '' TERM; exec "$@")
}

# All that has not been read yet. awk knows no NUL: a byte that is in no text stands for it.
copy() {
  undisturbed tr '\\377\\000' '\\376\\377' <&3
}

follow() {
  trap 'ending=1' TERM
  until [ -r "$file" ]; do
    [ ! "$ending" ] || return
    if [ -e "$file" ] && [ ! "$told" ]; then
      told=1
      echo "{\\"message\\":\\"$file cannot be read by user $(id -u)\\"}" >&2
    fi
    undisturbed sleep 0.2
  done
  exec 3<"$file"
  while :; do
    last=$ending
    read -r _ position </proc/self/fdinfo/3
    size=$(stat -Lc %s /proc/self/fd/3) || size=$position
    if [ "$size" -lt "$position" ]; then
      exec 3</proc/self/fd/3 # truncated: from its beginning
    fi
    if [ "$size" -ne "$position" ]; then
      copy || return
    fi
    if [ -r "$file" ] && ! [ "$file" -ef /proc/self/fd/3 ]; then
      # Rotated. Who has the old file open may write to it until it has been told.
      [ "$last" ] || undisturbed sleep 1
      copy || return
      exec 3<"$file"
    elif [ "$last" ]; then
      return
    else
      undisturbed sleep 0.2
    fi
  done
}

# To all of the group, as this is process 1: awk does not mind, and ends when there is nothing left to read.
trap 'ending=1; trap "" TERM; kill -TERM 0' TERM
follow | undisturbed awk -f ${folder}/${PROGRAM_FILE} &
wait $!
[ "$ending" ] || exit 1
wait
`;
}
