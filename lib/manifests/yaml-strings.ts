import { ManifestStyle } from './manifest-style';
import { FRAGILE, stringify, toDocument } from './yaml-document';

/**
 * What every version of YAML takes for a string as it stands, anywhere: ASCII that starts with a letter, `/`, `-a` or
 * `--a`, is no boolean, null or number, and has no comment or key in it.
 */
const PLAIN = /^(?!-?(?:y|yes|n|no|true|false|on|off|null|e[-+]?\d+)$)-{0,2}[a-z/](?:[!-9;-~]|:(?! |$)| (?!#|$))*$/i;

/** Longer keys get lines of their own. */
const LONGEST_KEY = 1024;

/** Strings that long are rarely the same again, and that many are those of all of an app. */
const [LONGEST_REMEMBERED, MOST_REMEMBERED] = [1024, 5_000];

/**
 * How a style writes strings: as the `yaml` package does, which is asked for all but plain text, once for each string
 * as long as it is remembered.
 */
export class YamlStrings {
  private readonly foldsLines: boolean;
  /** By where a string stands, as far as that changes how it is written. */
  private readonly remembered = new Map<string | number, Map<string, string>>();
  private count = 0;

  public constructor(private readonly style: ManifestStyle) {
    this.foldsLines = style.lineWidth > 0;
  }

  /**
   * A key, without its colon; `undefined` when it does not fit on the line of its value, or where that is folded before
   * the key has its final length.
   */
  public key(text: string, isAtMargin: boolean): string | undefined {
    if (text.length <= LONGEST_KEY && PLAIN.test(text)) {
      return text;
    }
    if (this.foldsLines && text.search(FRAGILE) >= 0) {
      return undefined;
    }
    // What starts as a document does is quoted at the margin only.
    const written = this.remember(isAtMargin ? 'key at margin' : 'key', text, () =>
      isAtMargin ? this.ask({ [text]: 0 }) : this.ask([{ [text]: 0 }]).slice('- '.length),
    );
    return written.startsWith('? ') ? undefined : written.slice(0, -': 0'.length);
  }

  /**
   * A value, with what separates it from the `:` or `-` before it: most often a space.
   *
   * @param indent the columns by which its further lines are indented, two or a multiple
   * @param keyLength the length of the key before it; `undefined` in a list
   */
  public value(text: string, indent: number, keyLength: number | undefined): string {
    if (PLAIN.test(text) && (!this.foldsLines || text.length <= this.style.lineWidth - indent)) {
      return ` ${text}`;
    }
    const place = this.foldsLines ? `${indent} ${keyLength ?? '-'}` : text.includes('\n') ? indent : 'one line';
    return this.remember(place, text, () => {
      const before = keyLength === undefined ? '-' : `${'k'.repeat(keyLength)}:`;
      let value: unknown = keyLength === undefined ? [text] : { [before.slice(0, -1)]: text };
      for (let outer = 2; outer < indent; outer += 2) {
        value = [value];
      }
      return this.ask(value).slice(indent - 2 + before.length);
    });
  }

  private ask(value: unknown): string {
    return stringify(toDocument(value, this.style), this.style).slice(0, -1);
  }

  private remember(place: string | number, text: string, write: () => string): string {
    let texts = this.remembered.get(place);
    const known = texts?.get(text);
    if (known !== undefined) {
      return known;
    }
    const written = write();
    if (text.length <= LONGEST_REMEMBERED) {
      if (this.count === MOST_REMEMBERED) {
        this.remembered.clear();
        this.count = 0;
        texts = undefined;
      }
      if (!texts) {
        texts = new Map();
        this.remembered.set(place, texts);
      }
      texts.set(text, written);
      this.count++;
    }
    return written;
  }
}
