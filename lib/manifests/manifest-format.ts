import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { finite } from '../values/fragment';
import { parseFieldPath } from './field-path';
import { addFormat, FormatEntry } from './format-entry';
import { asConstruct, assertShape, enumOf, fields, listOf, Shape, text } from '../values/shape';

/** The quotes of a string. */
export enum Quotes {
  /** `"…"` */
  DOUBLE = 'QUOTE_DOUBLE',
  /** `'…'`, save where only double quotes can express the string. */
  SINGLE = 'QUOTE_SINGLE',
}

/**
 * How a `ManifestApp` writes one object: comments, key order and quotes. None of it changes what the manifest says.
 *
 * Places are named by the field paths of kustomize's replacements: `spec.template.spec.containers.[name=nginx].image`;
 * an element of a list by its index (`command.0`), by a field (`[name=nginx]`) or by its value (`[=sh]`), all of them
 * by `*`; a dot in a key is escaped: `metadata.annotations.example\.com/owner`. They are looked up in the rendered
 * manifest. One that leads nowhere is an error of the synthesis, which shows what is there. So is any format in an `App`
 * that is no `ManifestApp`, which would drop it.
 *
 * @example
 *
 * ManifestFormat.of(web)
 *   .head('The shop')
 *   .endOfLine('spec.template.spec.containers.[name=nginx].image', '{"$imagepolicy": "flux-system:nginx"}');
 *
 * @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
 */
export class ManifestFormat {
  /**
   * The format of an API object, whoever defines it: an L1, a cdk8s-plus resource, one of the objects of an `Include`
   * or a `Helm` chart.
   *
   * @param construct an API object, or a construct that stands for one, as `ApiObject.of` finds it
   * @throws when it is neither
   */
  public static of(construct: IConstruct): ManifestFormat {
    return new ManifestFormat(objectOf(asConstruct('ManifestFormat.of', construct, 'construct')));
  }

  private constructor(private readonly object: ApiObject) {}

  /**
   * A comment at the head of the document.
   *
   * @param text one line or several, without `#`
   * @throws when it is no text
   */
  public head(text: string): this {
    return this.add({ kind: 'head', text });
  }

  /**
   * A comment above a field or an element of a list.
   *
   * @param path the places
   * @param text one line or several, without `#`
   * @throws when that is no text, or the path is no path
   */
  public above(path: string, text: string): this {
    return this.add({ kind: 'above', path, text });
  }

  /**
   * A comment at the end of the line where a field or an element of a list begins, such as a marker of Flux or
   * Renovate. A text of several lines goes above that line.
   *
   * The synthesis fails when the line has such a comment already.
   *
   * @param path the places
   * @param text the comment, without `#`
   * @throws when that is no text, or the path is no path
   */
  public endOfLine(path: string, text: string): this {
    return this.add({ kind: 'endOfLine', path, text });
  }

  /**
   * YAML that is commented out, above a field or an element of a list.
   *
   * @param path the places
   * @param value what to write: an object with the fields to comment out, or a list with the elements
   * @throws when the value contains itself or a construct, or the path is no path
   */
  public commentedOut(path: string, value: unknown): this {
    return this.add({ kind: 'commentedOut', path, value });
  }

  /**
   * Puts keys first, in the given order; the others follow in the usual one.
   *
   * The synthesis fails when a place is not an object, or a key is in none of the places.
   *
   * @param path the places
   * @param keys the keys to put first
   * @throws when these are no list of texts, or the path is no path
   */
  public order(path: string, keys: string[]): this {
    return this.add({ kind: 'order', path, keys });
  }

  /**
   * Quotes a string, or each one-line string in a list or an object.
   *
   * The synthesis fails when there is no string: quotes would make one of a number.
   *
   * @param path the places
   * @param quotes the quotes; by default, double ones
   * @throws when these are none, or the path is no path
   */
  public quoted(path: string, quotes?: Quotes): this {
    return this.add({ kind: 'quoted', path, quotes: quotes ?? Quotes.DOUBLE });
  }

  private add(entry: FormatEntry): this {
    assertShape(this.object.node.path, entry, ENTRIES[entry.kind]);
    if (entry.kind !== 'head') {
      assertFieldPath(this.object, entry.path);
    }
    addFormat(this.object, entry.kind === 'order' ? { ...entry, keys: [...entry.keys] } : entry);
    return this;
  }
}

const ENTRIES: Readonly<Record<FormatEntry['kind'], Shape>> = {
  head: fields({ text }),
  above: fields({ path: text, text }),
  endOfLine: fields({ path: text, text }),
  commentedOut: fields({ path: text }, { value: finite }),
  order: fields({ path: text, keys: listOf('keys', text) }),
  quoted: fields({ path: text, quotes: enumOf('Quotes', Quotes) }),
};

/** What is no path at all is an error where it is written; what leads nowhere can only be told later. */
function assertFieldPath(object: ApiObject, path: string): void {
  try {
    parseFieldPath(path);
  } catch (error) {
    throw new Error(`${object.node.path}: ${(error as Error).message}`, { cause: error });
  }
}

function objectOf(construct: IConstruct): ApiObject {
  if (ApiObject.isApiObject(construct)) {
    return construct;
  }
  const { defaultChild } = construct.node;
  if (defaultChild) {
    return objectOf(defaultChild);
  }
  const objects = construct.node.findAll().filter((child) => ApiObject.isApiObject(child));
  const paths = objects.map(({ node }) => node.path).join(', ');
  throw new Error(
    `${construct.node.path || 'the app'}: an API object has a format, or a construct whose default child is one; pass ` +
      (paths === '' ? 'such a construct' : `one of ${paths}`),
  );
}
