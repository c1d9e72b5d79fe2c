import { Document, isMap, isScalar, isSeq, Node, Scalar, Tags, YAMLMap } from 'yaml';
import { KeyRanks, keyRanks, UNKNOWN } from './key-order';
import { ManifestStyle } from './manifest-style';

/** Allowed or not, some reader breaks a line here, drops it or refuses it. */
export const FRAGILE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Made from a value, so never without contents. */
export type WrittenDocument = Document & { readonly contents: Node };

/** A value as YAML nodes, in the order of keys that the style says. */
export function toDocument(value: unknown, style: ManifestStyle, fieldName?: string): WrittenDocument {
  const document = new Document(value, {
    ...AS_CDK8S,
    schema: style.defensiveQuotes ? defensiveSchema : schemaAsCdk8s,
    aliasDuplicateObjects: style.anchors,
  });
  if (style.conventionalOrder) {
    sortKeys(document.contents, fieldName);
  }
  return document as WrittenDocument;
}

/** As cdk8s: many readers know YAML 1.1 only, where `yes` and `0755` are no strings. */
const AS_CDK8S = { version: '1.1', keepUndefined: true } as const;
/** kubectl's reader takes `0o14` for a number, as YAML 1.2 does. */
const DEFENSIVE = { ...AS_CDK8S, compat: 'core', customTags: withoutMerge } as const;
// Made once: a schema takes longer than most documents.
const schemaAsCdk8s = new Document(undefined, AS_CDK8S).schema;
const defensiveSchema = new Document(undefined, DEFENSIVE).schema;

/** JSON knows no merge of maps: a key `<<` is a key, to be quoted. */
function withoutMerge(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge');
}

/** The text of a document, with a final line break. */
export function stringify(document: WrittenDocument, style: ManifestStyle): string {
  if (style.defensiveQuotes) {
    quoteFragileStrings(document.contents);
  }
  const text = document.toString({
    indentSeq: style.indentSequences,
    lineWidth: style.lineWidth,
    singleQuote: style.singleQuotes || null,
    blockQuote: 'literal',
    commentString: (comment) => comment, // toComment has seen to it
    ...(style.defensiveQuotes && { doubleQuotedMinMultiLineLength: Infinity }),
  });
  // Only double-quoted strings hold such characters by now.
  return style.defensiveQuotes ? text.replace(FRAGILE, escapeCharacter) : text;
}

export function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function sortKeys(node: unknown, fieldName: string | undefined): void {
  if (isSeq(node)) {
    node.items.forEach((item) => {
      sortKeys(item, fieldName);
    });
    return;
  }
  const ranks = keyRanks(fieldName);
  if (isMap(node) && ranks) {
    putFirst(node, ranks);
    node.items.forEach((pair) => {
      sortKeys(pair.value, nameOf(pair));
    });
  }
}

/** Puts the keys of a map that have a rank before the others. */
export function putFirst(map: YAMLMap, ranks: KeyRanks): void {
  const rank = (pair: { readonly key: unknown }) => ranks.get(nameOf(pair)) ?? UNKNOWN;
  map.items.sort((a, b) => rank(a) - rank(b));
}

function quoteFragileStrings(node: unknown): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      quoteFragileStrings(key);
      quoteFragileStrings(value);
    }
  } else if (isSeq(node)) {
    node.items.forEach(quoteFragileStrings);
  } else if (isString(node) && isFragile(node.value)) {
    node.type = 'QUOTE_DOUBLE';
  }
}

/**
 * Whether a string must be in double quotes for other programs to leave it alone: because of what YAML 1.1 makes of it
 * alone (`<<`, `=`), or of spaces at a line end, which a block for a string that starts with an empty line has as well.
 */
function isFragile(text: string): boolean {
  return text === '<<' || text === '=' || /^\n|[ \t]\n|\n.*[ \t]$/.test(text) || text.search(FRAGILE) >= 0;
}

export function isString(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === 'string';
}

/** The key of a field. Documents made from JSON have no other keys than strings. */
export function nameOf({ key }: { readonly key: unknown }): string {
  return (key as Scalar<string>).value;
}
