/** Where a line says when it was written. */
export interface FluentBitParserOptions {
  /**
   * The field with the time. It stays in the record, too.
   *
   * @default - none: the time of a record is that of its being read
   */
  readonly timeField?: string;

  /**
   * How the time is written, as in `%Y-%m-%dT%H:%M:%S.%L%z`: that of strptime, with `%L` for fractions of a second. Without
   * `%z` it is one of UTC. Must be there with `timeField`.
   *
   * @default - none
   * @see https://docs.fluentbit.io/manual/data-pipeline/parsers/configuring-parser
   */
  readonly timeFormat?: string;
}

/**
 * How lines become records.
 *
 * @example
 *
 * const parser = FluentBitParser.json({ timeField: 'time', timeFormat: '%Y-%m-%dT%H:%M:%S.%L%z' });
 */
export class FluentBitParser {
  /** Each line is a JSON object, whose fields become those of the record. One that is none stays as it is, in the field `log`. */
  public static json(options: FluentBitParserOptions = {}): FluentBitParser {
    return new FluentBitParser({ kind: 'json', options });
  }

  /**
   * A regular expression, whose named groups become the fields of the record. A line that does not match stays as it is, in
   * the field `log`.
   *
   * @param pattern what Onigmo and RE2 read alike: `^(?<level>[A-Z]+) (?<message>.*)$`, with no look-around and no
   * back-references
   */
  public static regex(pattern: string, options: FluentBitParserOptions = {}): FluentBitParser {
    return new FluentBitParser({ kind: 'regex', pattern, options });
  }

  private constructor(
    /** @internal */
    public readonly _lineFormat: FluentBitFormat,
  ) {}
}

/** @internal */
export type FluentBitFormat =
  | { readonly kind: 'json'; readonly options: FluentBitParserOptions }
  | { readonly kind: 'regex'; readonly pattern: string; readonly options: FluentBitParserOptions };
