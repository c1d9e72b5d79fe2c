import { KeyRanks, keyRanks, UNKNOWN } from './key-order';
import { ManifestStyle } from './manifest-style';
import { CONTAINER_LISTS, SECTIONS } from './sections';
import { YamlStrings } from './yaml-strings';

/**
 * A document of plain data as YAML, with a final line break, in one pass: the bytes that a tree of YAML nodes would
 * give, some five times faster. `undefined` for what needs such a tree: values that JSON does not have, objects that get
 * an anchor, keys too long for a line.
 */
export function writeDirectly(manifest: unknown, style: ManifestStyle): string | undefined {
  return new DirectWriter(style).write(manifest);
}

type Fields = Readonly<Record<string, unknown>>;

const stringsByStyle = new WeakMap<ManifestStyle, YamlStrings>();

function stringsOf(style: ManifestStyle): YamlStrings {
  const strings = stringsByStyle.get(style) ?? new YamlStrings(style);
  stringsByStyle.set(style, strings);
  return strings;
}

/** Line breaks, by how far the next line is indented. */
const LINE_BREAKS = ['\n'];

function lineBreak(indent: number): string {
  while (LINE_BREAKS.length <= indent) {
    LINE_BREAKS.push(`\n${' '.repeat(LINE_BREAKS.length)}`);
  }
  return LINE_BREAKS[indent];
}

/** What stands between a key or a `-` and the first line of what belongs to it. */
type Separator = string;

class DirectWriter {
  private readonly strings: YamlStrings;
  /** The objects so far, where one that occurs twice would get an anchor. */
  private readonly seen?: Set<object>;
  private text = '';
  private needsTree = false;
  /** Whether the last line belongs to a block that ends with empty lines: another one would be part of it. */
  private isInOpenBlock = false;

  public constructor(private readonly style: ManifestStyle) {
    this.strings = stringsOf(style);
    this.seen = style.anchors ? new Set() : undefined;
  }

  public write(manifest: unknown): string | undefined {
    const ranks = this.style.conventionalOrder ? keyRanks(undefined) : undefined;
    if (Array.isArray(manifest) && manifest.length > 0) {
      this.writeList(manifest, '', 0, ranks, false);
    } else if (isObject(manifest) && Object.keys(manifest).length > 0) {
      this.writeMap(manifest, '', 0, ranks);
    } else {
      this.needsTree = true;
    }
    return this.needsTree ? undefined : flat(`${this.text}\n`);
  }

  private writeMap(map: Fields, separator: Separator, indent: number, ranks: KeyRanks | undefined): void {
    if (!this.isPlain(map, Object.prototype)) {
      this.needsTree = true;
      return;
    }
    const keys = Object.keys(map);
    if (keys.length === 0) {
      this.writeWord('{}');
      return;
    }
    if (ranks) {
      sort(keys, ranks);
    }
    const isPodSpec = this.style.blankLines && isListOfMaps(map.containers);
    this.text += separator;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if (index > 0) {
        this.breakLine(indent, isPodSpec && SECTIONS.has(keys[index - 1]));
      }
      const written = this.strings.key(key, indent === 0);
      if (written === undefined) {
        this.needsTree = true;
        return;
      }
      this.text += written;
      this.text += ':';
      const value = map[key];
      if (Array.isArray(value)) {
        const indentOfList = this.style.indentSequences ? indent + 2 : indent;
        const isSpaced = isPodSpec && CONTAINER_LISTS.has(key);
        this.writeList(value, lineBreak(indentOfList), indentOfList, ranks && keyRanks(key), isSpaced);
      } else if (isObject(value)) {
        this.writeMap(value, lineBreak(indent + 2), indent + 2, ranks && keyRanks(key));
      } else {
        this.writeScalar(value, indent + 2, written.length);
      }
    }
  }

  private writeList(
    list: readonly unknown[],
    separator: Separator,
    indent: number,
    ranks: KeyRanks | undefined,
    isSpaced: boolean,
  ): void {
    if (!this.isPlain(list, Array.prototype)) {
      this.needsTree = true;
      return;
    }
    if (list.length === 0) {
      this.writeWord('[]');
      return;
    }
    this.text += separator;
    for (let index = 0; index < list.length; index++) {
      if (index > 0) {
        this.breakLine(indent, isSpaced);
      }
      this.text += '-';
      const element = list[index];
      if (Array.isArray(element)) {
        this.writeList(element, ' ', indent + 2, ranks, false);
      } else if (isObject(element)) {
        this.writeMap(element, ' ', indent + 2, ranks);
      } else {
        this.writeScalar(element, indent + 2, undefined);
      }
    }
  }

  private writeScalar(value: unknown, indent: number, keyLength: number | undefined): void {
    if (typeof value === 'string') {
      const written = this.strings.value(value, indent, keyLength);
      this.text += written;
      this.isInOpenBlock = /^ \|\d?\+/.test(written);
    } else if (typeof value === 'number') {
      this.writeNumber(value);
    } else if (typeof value === 'boolean' || value === null) {
      this.writeWord(String(value));
    } else if (value === undefined) {
      this.writeWord('null');
    } else {
      this.needsTree = true;
    }
  }

  /** As YAML 1.1 and 1.2 read it. */
  private writeNumber(value: number): void {
    this.needsTree ||= !Number.isFinite(value);
    this.writeWord(Object.is(value, -0) ? '-0' : String(value));
  }

  private writeWord(word: string): void {
    this.text += ' ';
    this.text += word;
    this.isInOpenBlock = false;
  }

  private breakLine(indent: number, isSpaced: boolean): void {
    if (isSpaced && !this.isInOpenBlock) {
      this.text += '\n';
    }
    this.text += lineBreak(indent);
  }

  private isPlain(object: object, plain: object): boolean {
    const prototype: unknown = Object.getPrototypeOf(object);
    const occurred = this.seen?.has(object) ?? false;
    this.seen?.add(object);
    return (prototype === plain || prototype === null) && !occurred;
  }
}

/** What was put together is kept as its parts, which take several times the memory, until a character is asked for. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

function sort(keys: string[], ranks: KeyRanks): void {
  keys.sort((a, b) => (ranks.get(a) ?? UNKNOWN) - (ranks.get(b) ?? UNKNOWN));
}

function isListOfMaps(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isObject(item) && !Array.isArray(item));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
