/** How a moment is written that has no offset from UTC in it. */
export interface JsonLogTimestampOptions {
  /**
   * The offset from UTC of what is written without one: `Z`, or as in `+09:00`.
   *
   * @default 'Z', the time zone of most containers
   */
  readonly utcOffset?: string;
}

/**
 * What a field of a log line becomes in JSON.
 *
 * @example
 *
 * const format = JsonLogFormat.regex('(?<at>[^ ]+ [^ ]+) (?<level>[A-Z]+) (?<message>.*)', {
 *   types: { at: JsonLogType.timestamp('%Y-%m-%d %H:%M:%S,%f', { utcOffset: '+09:00' }) },
 * });
 */
export class JsonLogType {
  /** A string, as which every field is taken that has no other type. */
  public static text(): JsonLogType {
    return new JsonLogType({ kind: 'text' });
  }

  /** A number, digit by digit as it is written: nothing is rounded. A line in which it is none is malformed. */
  public static number(): JsonLogType {
    return new JsonLogType({ kind: 'number' });
  }

  /**
   * A moment, which becomes one of ISO 8601: `2026-11-22T13:55:36+00:00`. A line in which it is none is malformed.
   *
   * @param layout how it is written: `%Y` is the year, `%m` the month as a number or `%b` by its English name's first
   * three letters, `%d` the day with two digits or `%e` perhaps with one, `%H`, `%M` and `%S` the time, `%f` a fraction
   * of a second, `%z` the offset from UTC, `%a` the weekday and `%%` a percent sign. The others stand for themselves.
   */
  public static timestamp(layout: string, options: JsonLogTimestampOptions = {}): JsonLogType {
    return new JsonLogType({ kind: 'timestamp', layout, options });
  }

  private constructor(
    /** @internal */
    public readonly _type: Type,
  ) {}
}

/** @internal */
export type Type =
  | { readonly kind: 'text' | 'number' }
  | { readonly kind: 'timestamp'; readonly layout: string; readonly options: JsonLogTimestampOptions };
