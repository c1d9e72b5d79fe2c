import * as fs from 'fs';
import * as path from 'path';
import { ApiObject, App, AppProps, Chart, Names, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { ManifestStyle } from './manifest-style';
import { resolveDependencies, sortedCharts, sortedObjects } from './dependencies';
import { writeFiles } from './files';
import { findingsOf } from '../findings/finding';
import { formatOf } from './format-entry';
import { FormatError, toComment, writeManifest } from './manifest-writer';
import { whileRendering } from '../findings/rendering';
import { assertShape, fields, kind, named, text } from '../values/shape';
import { isRecord } from '../values/record';

/** What a `ManifestApp` is made of. */
export interface ManifestAppProps extends AppProps {
  /**
   * How to write YAML.
   *
   * @default - as people write Kubernetes manifests
   */
  readonly style?: ManifestStyle;
  /**
   * A comment at the head of every file, and of the text of `synthYaml()`: one line or several, without `#`.
   *
   * @default - none
   */
  readonly header?: string;
}

/**
 * An `App` that writes manifests as people do: keys in the order one knows, comments (`ManifestFormat`), empty lines.
 *
 * It does what `App` does, with these differences:
 *
 * - The work grows with the app, not with its square: the app is prepared and validated once, not once per chart.
 * - Nothing is written before everything is rendered, and the errors of all objects come at once.
 * - Two objects or charts for one file are an error; `App` keeps the last.
 */
export class ManifestApp extends App {
  private readonly style: ManifestStyle;
  private readonly header?: string;
  private readonly recordsMetadata: boolean;

  public constructor(props: ManifestAppProps = {}) {
    assertShape('ManifestApp', props, PROPS);
    super(props);
    this.style = props.style ?? new ManifestStyle();
    this.header = props.header;
    // App keeps its own to itself.
    this.recordsMetadata = props.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
  }

  /** The charts of this app; those that others depend on come first. */
  public override get charts(): Chart[] {
    return sortedCharts(this);
  }

  /**
   * Writes all manifests to the output directory.
   *
   * @throws the errors of all constructs, before any file is written
   */
  public override synth(): void {
    const { folders, files } = whileRendering(this, () => {
      const errors = validate(this);
      const isIndexed = resolveDependencies(this);
      return this.layOut(this.render(errors), isIndexed);
    });
    for (const folder of folders) {
      fs.mkdirSync(folder, { recursive: true });
    }
    writeFiles(files);
  }

  /**
   * All manifests of this app as one YAML text.
   *
   * @throws the errors of all constructs
   */
  public override synthYaml(): string {
    return whileRendering(this, () => {
      resolveDependencies(this);
      return this.fileOf(this.render(validate(this)).flatMap(({ manifests }) => manifests));
    });
  }

  /** Renders everything, and throws all errors at once: those of validation, which are given, and its own. */
  private render(errors: readonly string[]): RenderedChart[] {
    const failures: Failure[] = [];
    const charts = this.sort(errors).map(({ chart, objects }) => {
      const manifests = objects.flatMap((object): Manifest[] => {
        try {
          const json = object.toJson() as unknown;
          return [{ object, json, text: writeManifest(json, formatOf(object), this.style) }];
        } catch (error) {
          failures.push({ path: object.node.path, error });
          return [];
        }
      });
      return { chart, manifests };
    });
    if (errors.length === 0 && failures.length === 1 && !linesOf(failures[0])) {
      throw withPath(failures[0]);
    }
    throwAll([
      ...errors,
      ...failures.flatMap((failure) => linesOf(failure) ?? [`[${failure.path}] ${messageOf(failure.error)}`]),
    ]);
    return charts;
  }

  private sort(errors: readonly string[]): { chart: Chart; objects: ApiObject[] }[] {
    try {
      return this.charts.map((chart) => ({ chart, objects: sortedObjects(chart) }));
    } catch (error) {
      // A cycle: nothing can be rendered, but what validation found is known.
      throwAll(errors.length === 0 ? [] : [...errors, messageOf(error)]);
      throw error;
    }
  }

  private layOut(charts: readonly RenderedChart[], isIndexed: boolean): Layout {
    const nameOf = (chart: Chart, index: number) =>
      `${isIndexed ? `${String(index).padStart(4, '0')}-` : ''}${Names.toDnsLabel(chart)}`;
    const layout = new Layout(this.outdir);
    const add = (name: string, owner: IConstruct, manifests: readonly Manifest[]) => {
      layout.add(`${name}${this.outputFileExtension}`, owner, this.fileOf(manifests));
    };
    switch (this.yamlOutputType) {
      case YamlOutputType.FILE_PER_APP:
        if (charts.length > 0) {
          add('app', this, charts.flatMap(({ manifests }) => manifests)); // prettier-ignore
        }
        break;
      case YamlOutputType.FILE_PER_CHART:
        charts.forEach(({ chart, manifests }, index) => {
          add(nameOf(chart, index), chart, manifests);
        });
        break;
      case YamlOutputType.FILE_PER_RESOURCE:
        for (const manifest of charts.flatMap(({ manifests }) => manifests)) {
          if (manifest.json !== undefined) {
            add(resourceName(manifest.json as Named), manifest.object, [manifest]);
          }
        }
        break;
      case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
        charts.forEach(({ chart, manifests }, index) => {
          const folder = nameOf(chart, index);
          layout.addFolder(folder);
          for (const manifest of manifests) {
            add(path.join(folder, resourceName(manifest.object)), manifest.object, [manifest]);
          }
        });
    }
    throwAll(layout.clashes);
    if (this.recordsMetadata) {
      layout.add('construct-metadata.json', this, constructMetadata(charts));
    }
    return layout;
  }

  private fileOf(manifests: readonly Manifest[]): string {
    const header = this.header === undefined ? [] : [`${toComment(this.header)}\n`];
    const body = manifests.length === 0 ? [] : [manifests.map(({ text }) => text).join('---\n')];
    return [...header, ...body].join('\n');
  }
}

const PROPS = fields(
  {},
  {
    header: text,
    style: kind('a new ManifestStyle({ … })', (value) => isRecord(value) && 'blankLines' in value),
    ...named('outdir', 'outputFileExtension', 'yamlOutputType', 'recordConstructMetadata', 'resolvers'),
  },
);

interface Manifest {
  readonly object: ApiObject;
  readonly json: unknown;
  readonly text: string;
}

interface RenderedChart {
  readonly chart: Chart;
  readonly manifests: readonly Manifest[];
}

/** The files to write, each with the construct it is for. */
class Layout {
  public readonly folders: string[];
  public readonly files = new Map<string, string>();
  public readonly clashes: string[] = [];
  private readonly owners = new Map<string, IConstruct>();

  public constructor(private readonly outdir: string) {
    this.folders = [outdir];
  }

  public addFolder(name: string): void {
    this.folders.push(path.join(this.outdir, name));
  }

  public add(name: string, owner: IConstruct, content: string): void {
    const other = this.owners.get(name);
    if (other) {
      this.clashes.push(
        `[${owner.node.path}] its file, ${name}, is that of ${other.node.path}, too; rename one of the two`,
      );
    }
    this.owners.set(name, owner);
    this.files.set(path.join(this.outdir, name), content);
  }
}

interface Named {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
}

function resourceName({ kind, metadata }: Named): string {
  return `${kind}.${metadata?.name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}

/** What validation plugins of cdk8s-cli read to tell the construct of an object. */
function constructMetadata(charts: readonly RenderedChart[]): string {
  const objects = charts.flatMap(({ manifests }) => manifests.map(({ object }) => object));
  const resources = Object.fromEntries(objects.map(({ name, node }) => [name, { path: node.path }]));
  return JSON.stringify({ version: '1.0.0', resources });
}

function validate(app: IConstruct): string[] {
  return app.node.findAll().flatMap(({ node }) => node.validate().map((error) => `[${node.path}] ${error}`));
}

function throwAll(errors: readonly string[]): void {
  if (errors.length > 0) {
    throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
  }
}

/** An object that could not be rendered or written. */
interface Failure {
  readonly path: string;
  readonly error: unknown;
}

/** What is wrong with an object line by line, where the error says so. */
function linesOf({ path: objectPath, error }: Failure): readonly string[] | undefined {
  return error instanceof FormatError
    ? error.findings.map((finding) => `[${objectPath}] ${finding}`)
    : findingsOf(error);
}

/** An error that says whose it is; cdk8s does so itself where it serializes an object. */
function withPath({ path: objectPath, error }: Failure): unknown {
  const message = messageOf(error);
  return message.includes(objectPath) ? error : new Error(`[${objectPath}] ${message}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
