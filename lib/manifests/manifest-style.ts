import { assertShape, fields, flag, wholeNumber } from '../values/shape';

/** How to write YAML where Kubernetes does not care. */
export interface ManifestStyleProps {
  /**
   * Whether the `-` of a list stands further right than the key above it.
   *
   * @default false
   */
  readonly indentSequences?: boolean;
  /**
   * The columns after which long one-line strings are folded; 0: never. Comments and `|` blocks are never folded.
   *
   * @default 0
   */
  readonly lineWidth?: number;
  /**
   * Whether an empty line stands after each section of a pod spec (volumes, init containers, containers) and between
   * containers.
   *
   * @default true
   */
  readonly blankLines?: boolean;
  /**
   * Whether keys come in the order in which people write Kubernetes manifests: apiVersion, kind, metadata, spec; name,
   * image, command and so on. Keys of labels, annotations and data, and keys that this library does not know, keep
   * the order in which the object renders them, after the known ones.
   *
   * @default true
   */
  readonly conventionalOrder?: boolean;
  /**
   * Whether strings that need quotes get single ones, where these can express them.
   *
   * @default false
   */
  readonly singleQuotes?: boolean;
  /**
   * Whether strings that other programs might change are quoted as well: those with spaces at the end of a line, which
   * editors strip, with Unicode line breaks, or that only YAML 1.2 takes for numbers.
   *
   * @default true
   */
  readonly defensiveQuotes?: boolean;
  /**
   * Whether an object that occurs twice in a document becomes an anchor and an alias (`&a1`, `*a1`).
   *
   * @default false
   */
  readonly anchors?: boolean;
}

const STYLE = fields(
  {},
  {
    indentSequences: flag,
    lineWidth: wholeNumber(0, Number.MAX_SAFE_INTEGER),
    blankLines: flag,
    conventionalOrder: flag,
    singleQuotes: flag,
    defensiveQuotes: flag,
    anchors: flag,
  },
);

/**
 * How a `ManifestApp` writes its YAML; by default, the way in which people write Kubernetes manifests.
 *
 * @example
 *
 * new ManifestApp({ style: new ManifestStyle({ indentSequences: true, lineWidth: 100 }) });
 */
export class ManifestStyle {
  /** The bytes that the `App` of cdk8s writes. */
  public static readonly APP = new ManifestStyle({
    indentSequences: true,
    blankLines: false,
    conventionalOrder: false,
    defensiveQuotes: false,
    anchors: true,
  });

  /** Whether the `-` of a list stands further right than the key above it. */
  public readonly indentSequences: boolean;
  /** The columns after which long one-line strings are folded; 0: never. */
  public readonly lineWidth: number;
  /** Whether an empty line stands after each section of a pod spec and between containers. */
  public readonly blankLines: boolean;
  /** Whether keys come in the order in which people write Kubernetes manifests. */
  public readonly conventionalOrder: boolean;
  /** Whether strings that need quotes get single ones, where these can express them. */
  public readonly singleQuotes: boolean;
  /** Whether strings that other programs might change are quoted as well. */
  public readonly defensiveQuotes: boolean;
  /** Whether an object that occurs twice in a document becomes an anchor and an alias. */
  public readonly anchors: boolean;

  /** @throws when a property is of the wrong type */
  public constructor(props: ManifestStyleProps = {}) {
    assertShape('ManifestStyle', props, STYLE);
    this.indentSequences = props.indentSequences ?? false;
    this.lineWidth = props.lineWidth ?? 0;
    this.blankLines = props.blankLines ?? true;
    this.conventionalOrder = props.conventionalOrder ?? true;
    this.singleQuotes = props.singleQuotes ?? false;
    this.defensiveQuotes = props.defensiveQuotes ?? true;
    this.anchors = props.anchors ?? false;
  }
}
