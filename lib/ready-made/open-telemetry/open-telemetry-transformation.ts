/** What becomes of an entry when it is parsed. */
export interface OpenTelemetryParseOptions {
  /**
   * The field that becomes the entry's body, as its message.
   *
   * @default - none: the body of an entry that was parsed is empty
   */
  readonly message?: string;

  /**
   * Whether the body stays what it was. Mind that it then has in clear what is dropped or hashed as an attribute.
   *
   * @default false
   */
  readonly keepBody?: boolean;
}

/**
 * A change to each entry of logs, data point of metrics or span of traces.
 *
 * They are made in the order in which they are given.
 *
 * @example
 *
 * const transformations = [OpenTelemetryTransformation.parseJson(), OpenTelemetryTransformation.hash('client')];
 */
export class OpenTelemetryTransformation {
  /**
   * Reads an entry as a JSON object, whose fields become attributes; those of an object in it have its name and a dot
   * before theirs. An entry that is none stays as it is and gets the attribute `parse.error`. For pipelines of logs.
   */
  public static parseJson(options: OpenTelemetryParseOptions = {}): OpenTelemetryTransformation {
    return new OpenTelemetryTransformation({ kind: 'parseJson', options });
  }

  /**
   * Reads an entry by a regular expression, whose named groups become attributes. An entry that does not match stays
   * as it is and gets the attribute `parse.error`. For pipelines of logs.
   *
   * @param pattern in the syntax of RE2, which has no look-around and no back-references: `^(?P<ip>\S+) (?P<rest>.*)$`
   */
  public static parseRegex(pattern: string, options: OpenTelemetryParseOptions = {}): OpenTelemetryTransformation {
    return new OpenTelemetryTransformation({ kind: 'parseRegex', pattern, options });
  }

  /**
   * Gives an attribute another name; what had that is replaced.
   *
   * @param attribute the name it has
   * @param newName the name it gets
   */
  public static rename(attribute: string, newName: string): OpenTelemetryTransformation {
    return new OpenTelemetryTransformation({ kind: 'rename', attribute, newName });
  }

  /**
   * Drops an attribute.
   *
   * @param attribute its name
   */
  public static drop(attribute: string): OpenTelemetryTransformation {
    return new OpenTelemetryTransformation({ kind: 'drop', attribute });
  }

  /**
   * Replaces the value of an attribute by its SHA-256, in hexadecimal digits: the same value has the same hash.
   *
   * What can be guessed, such as an address or a number, can be found again by hashing all guesses.
   *
   * @param attribute its name
   */
  public static hash(attribute: string): OpenTelemetryTransformation {
    return new OpenTelemetryTransformation({ kind: 'hash', attribute });
  }

  /**
   * Drops the whole entry, data point or span where an attribute matches.
   *
   * @param attribute its name
   * @param pattern in the syntax of RE2, which may match any part: `^/healthz$`
   */
  public static dropMatching(attribute: string, pattern: string): OpenTelemetryTransformation {
    return new OpenTelemetryTransformation({ kind: 'dropMatching', attribute, pattern });
  }

  /**
   * Takes an entry's severity from an attribute with its common name, such as `info`, `WARN` or `error`. For pipelines
   * of logs.
   *
   * @param attribute its name
   */
  public static severity(attribute: string): OpenTelemetryTransformation {
    return new OpenTelemetryTransformation({ kind: 'severity', attribute });
  }

  private constructor(
    /** @internal */
    public readonly _change: Change,
  ) {}
}

/** @internal */
export type Change =
  | { readonly kind: 'parseJson'; readonly options: OpenTelemetryParseOptions }
  | { readonly kind: 'parseRegex'; readonly pattern: string; readonly options: OpenTelemetryParseOptions }
  | { readonly kind: 'rename'; readonly attribute: string; readonly newName: string }
  | { readonly kind: 'drop' | 'hash' | 'severity'; readonly attribute: string }
  | { readonly kind: 'dropMatching'; readonly attribute: string; readonly pattern: string };
