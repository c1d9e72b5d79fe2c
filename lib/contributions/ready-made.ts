import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { fragment } from '../values/fragment';
import {
  asConstruct,
  assertShape,
  enumOf,
  fields,
  flag,
  listOf,
  mapOf,
  named,
  nested,
  object,
  onlyFields,
  pathIn,
  text,
} from '../values/shape';
import { withGiven } from '../values/record';
import { readyMadeProblems } from '../values/ready-made';
import { ConfigChange, ConfigFiles } from './config-files';
import { HelperProps } from './helper-options';
import {
  CONTAINER,
  fileOptionProblems,
  HELPER_OPTIONS,
  lateListProblems,
  NAMED_CONTAINER,
  RESTRICTED_FIELDS,
  VOLUME,
} from './helper-shape';
import { ReadyMadeConfigOptions, ReadyMadeDefaults, ReadyMadeMount } from './ready-made-options';
import { RestrictedOptions } from './restricted-options';

/** The settings of a helper of one's own, by their names. */
export interface ReadyMadeSettings {
  /**
   * The names of all settings that the helper has besides `ReadyMadeConfigOptions`. What is a slip of one of them is a
   * problem, in JavaScript, and where a property is not looked at by the compiler.
   *
   * @default - not known
   */
  readonly names?: string[];

  /**
   * Those of them that only the ready-made container has, as its arguments for instance: together with `container` they
   * would be lost, which is a problem.
   *
   * @default - none
   */
  readonly ofContainer?: string[];

  /**
   * Whether the helper says the arguments of every container, by `args` of the defaults: then it is a problem if the user's
   * has some.
   *
   * @default false
   */
  readonly setsArgs?: boolean;
}

/**
 * What all ready-made helpers do alike, for those of your own: collects what is wrong with the properties, and turns
 * these into what a pattern is given.
 *
 * @example
 *
 * class Memcached extends Ambassador {
 *   private static propsOf(scope: Construct, id: string, props: ReadyMadeOptions): AmbassadorProps {
 *     const made = new ReadyMade(scope, id, props);
 *     made.assertRight('no memcached can be made');
 *     const container = { name: id, image: 'memcached:1.6.39', ports: [{ containerPort: 11211 }] };
 *     return {
 *       ...made.helperProps({ container, user: 11211 }),
 *       listeners: [{ port: 11211, upstream: 'localhost' }],
 *     };
 *   }
 *
 *   public constructor(scope: Construct, id: string, props: ReadyMadeOptions = {}) {
 *     super(scope, id, Memcached.propsOf(scope, id, props));
 *   }
 * }
 *
 * new Memcached(deployment, 'cache');
 */
export class ReadyMade {
  private readonly path: string;
  private readonly problems: string[];
  private readonly lost: readonly string[];

  /**
   * @param scope the workload that the helper is to join
   * @param id that of the helper
   * @param options all properties of the helper
   * @param settings those of them that are its own
   * @throws when the scope is no construct, or the properties are no object
   */
  public constructor(
    scope: Construct,
    id: string,
    private readonly options: ReadyMadeConfigOptions,
    settings: ReadyMadeSettings = {},
  ) {
    this.path = pathIn(asConstruct(id, scope), id);
    assertShape(this.path, options, object);
    assertShape(this.path, settings, SETTINGS);
    const given = options as Readonly<Record<string, unknown>>;
    const { names = [], ofContainer = [], setsArgs = false } = settings;
    this.problems = [...fields({}, { ...OPTIONS, ...named(...names, ...ofContainer) })(options, '')];
    if (given.files !== undefined && ![...names, ...ofContainer].includes('files')) {
      this.problems.push('"files" is what the helper makes itself; leave it out');
    }
    this.lost = [
      ...(setsArgs ? argsProblems(options) : []),
      ...readyMadeProblems(options, Object.fromEntries(ofContainer.map((name) => [name, given[name]]))),
    ];
  }

  /**
   * Says what is wrong with settings.
   *
   * @param problems a sentence each: the setting, what is wrong, what to give instead
   */
  public addProblems(...problems: string[]): void {
    this.problems.push(...problems);
  }

  /**
   * To be called when all settings have been looked at, before anything is made of them.
   *
   * @param consequence what cannot be done, for instance `no proxy.conf can be made`
   * @throws all problems in one error, behind the path of the helper; where there is none it does nothing
   */
  public assertRight(consequence: string): void {
    // A slip may be seen here and by the helper itself.
    const problems = new Set([...this.problems, ...this.lost]);
    if (problems.size > 0) {
      throw new Error([`${this.path}: ${consequence}:`, ...problems].join('\n  '));
    }
  }

  /**
   * What the pattern is given: the container and files, and all options that helpers have in common.
   *
   * @param defaults what the user's options may say otherwise
   * @throws when there are problems, or options or a folder for files where there are none
   */
  public helperProps(defaults: ReadyMadeDefaults): HelperProps {
    this.assertRight('no helper can be made');
    assertShape(`${this.path}: the defaults`, defaults, DEFAULTS);
    const { container: own, image, resources, restricted, volumes, listensOn } = this.options;
    const paths = [...(defaults.writablePaths ?? []), ...(restricted?.writablePaths ?? [])];
    const container = own ?? {
      ...defaults.container,
      image: image ?? defaults.container.image,
      resources: resources ?? defaults.container.resources,
    };
    const mounts = (defaults.mounts ?? []).map((mount) => ({
      ...mount,
      name: `${container.name}-${mount.volume.name}`,
    }));
    return {
      ...this.options,
      container: this.withParts(container, mounts.map(mounted), defaults),
      volumes: [...(volumes ?? []), ...mounts.map(({ volume, name }) => ({ ...volume, name }))],
      listensOn: [...new Set([...(listensOn ?? []), ...(defaults.listensOn ?? [])])],
      imageFromRegistry: !own && image === undefined,
      restricted: own
        ? restricted
        : withGiven<RestrictedOptions>(
            { user: defaults.user },
            { ...restricted, writablePaths: paths.length > 0 ? paths : undefined },
          ),
      files: this.filesOf(defaults),
    };
  }

  /** A container is left as it is where nothing is added, and may have a `Lazy` there then. */
  private withParts(
    container: k8s.Container,
    mounts: readonly k8s.VolumeMount[],
    { args, env: variables = [], files }: ReadyMadeDefaults,
  ): k8s.Container {
    this.addProblems(
      ...(files ? [] : fileOptionProblems(this.options)),
      ...(args ? argsProblems(this.options) : []),
      ...(mounts.length > 0 ? lateListProblems(container, 'volumeMounts') : []),
      ...(variables.length > 0 ? lateListProblems(container, 'env') : []),
    );
    this.assertRight('no helper can be made');
    const given = variables.length > 0 ? (container.env ?? []) : [];
    const names = new Set(given.map(({ name }) => name));
    const env = variables.filter(({ name }) => !names.has(name));
    return mounts.length === 0 && env.length === 0 && !args
      ? container
      : {
          ...container,
          ...(args && { args }),
          ...(mounts.length > 0 && { volumeMounts: [...(container.volumeMounts ?? []), ...mounts] }),
          ...(env.length > 0 && { env: [...given, ...env] }),
        };
  }

  private filesOf({ files, folder, onChange }: ReadyMadeDefaults): HelperProps['files'] {
    const { container, configMapName, configVolumeName: volumeName } = this.options;
    if (!files) {
      return undefined;
    }
    if (folder === undefined) {
      throw new Error(`${this.path}: the defaults have "files" without "folder"; say where the container finds them`);
    }
    const usual = container ? ConfigChange.KEEP_RUNNING : (onChange ?? ConfigChange.REPLACE);
    const options = { configMapName, onChange: this.options.onChange ?? usual };
    return [ConfigFiles.of(files, options).at(folder, { volumeName })];
  }
}

function mounted({ name, mountPath, writable = false }: ReadyMadeMount & { readonly name: string }): k8s.VolumeMount {
  return { name, mountPath, ...(!writable && { readOnly: true }) };
}

function argsProblems({ container }: ReadyMadeConfigOptions): string[] {
  return container?.args
    ? ['"container" has args of its own, which those of the settings would replace; leave them out']
    : [];
}

const OPTIONS = {
  ...HELPER_OPTIONS,
  container: NAMED_CONTAINER,
  image: text,
  resources: fragment('an object'),
  configMapName: text,
  configVolumeName: text,
  onChange: enumOf('ConfigChange', ConfigChange),
};

const SETTINGS = onlyFields({}, { names: listOf('names', text), ofContainer: listOf('names', text), setsArgs: flag });

const MOUNT = onlyFields({ mountPath: text, volume: nested(VOLUME, fields({ name: text })) }, { writable: flag });

const DEFAULTS = nested(
  onlyFields(
    { container: CONTAINER, user: RESTRICTED_FIELDS.user },
    {
      writablePaths: RESTRICTED_FIELDS.writablePaths,
      args: listOf('strings', text),
      files: mapOf('contents', text),
      folder: text,
      onChange: enumOf('ConfigChange', ConfigChange),
      mounts: listOf('volumes with their folders', MOUNT),
      env: listOf('variables', fragment('a variable of the Kubernetes API')),
      listensOn: HELPER_OPTIONS.listensOn,
    },
  ),
  (defaults) => volumeProblems(defaults as ReadyMadeDefaults),
);

/** Volumes are told apart by their names, behind that of the container. */
function volumeProblems({ files, mounts = [] }: ReadyMadeDefaults): string[] {
  const names = mounts.map(({ volume }) => volume.name);
  return names.flatMap((name, index) => {
    const same = files && name === 'config' ? 'that of the files' : names.indexOf(name) < index ? 'one before it' : '';
    return same === '' ? [] : [`mounts[${index}].volume is called "${name}", as ${same}; give it another name`];
  });
}
