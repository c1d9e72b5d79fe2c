import { k8s } from 'cdk8s-plus-28';
import { HelperKind, HelperProps } from './helper-options';
import {
  duration,
  enumOf,
  fields,
  flag,
  isPlain,
  kind,
  listOf,
  made,
  mapOf,
  nested,
  NONE,
  object,
  port,
  Shape,
  text,
  wholeNumber,
} from '../values/shape';
import { fragment } from '../values/fragment';
import { placeholdersIn } from '../values/placeholders';
import { isRecord } from '../values/record';
import { quoteList } from '../values/text';

const id = wholeNumber(0, 2 ** 31 - 1);
const absolutePath = kind(
  'an absolute path, such as "/tmp"',
  (value) => typeof value === 'string' && value.startsWith('/'),
);

/** `RestrictedOptions` */
export const RESTRICTED_FIELDS = {
  user: id,
  group: id,
  writablePaths: listOf('absolute paths', absolutePath),
  lowPorts: flag,
};

/** `k8s.Volume`; one of cdk8s-plus is what is given instead most. */
export const VOLUME = nested(
  kind('SharedVolume.fromCdk8sPlus(…).volume for a volume of cdk8s-plus', (value) => !isCdk8sPlusVolume(value)),
  fragment('a volume of the Kubernetes API, { name, emptyDir: {} }, say'),
);

/** By what it can do: it may be of any version of cdk8s-plus. */
export function isCdk8sPlusVolume(value: unknown): boolean {
  return isRecord(value) && typeof value._toKube === 'function' && typeof value.name === 'string';
}

/** The fields of `HelperOptions`; none of them has to be there. */
export const HELPER_OPTIONS = {
  main: text,
  kind: enumOf('HelperKind', HelperKind),
  order: listOf('InitOrder', made('_position', 'an InitOrder, for instance InitOrder.first()')),
  waitForStart: flag,
  shutdownDeadline: duration,
  listensOn: listOf('port numbers', port),
  volumes: listOf('volumes', VOLUME),
  podAnnotations: mapOf('values', text),
  restricted: fields({}, RESTRICTED_FIELDS),
};

/** `k8s.Container`, as far as weaving and the L1's serializer would trip over it; rules judge the rest. */
export const CONTAINER = nested(
  fragment('a container of the Kubernetes API, { name, image, … }'),
  fields(
    {},
    {
      name: resolvable(text),
      image: resolvable(text),
      command: resolvable(listOf('strings', resolvable(text))),
      args: resolvable(listOf('strings', resolvable(text))),
      ...Object.fromEntries(
        ['env', 'envFrom', 'ports', 'volumeMounts', 'volumeDevices'].map((list) => [
          list,
          resolvable(listOf('objects', object)),
        ]),
      ),
    },
  ),
);

/** A container that is to end: one that is started again for ever never lets the main container start. */
export const ENDING_CONTAINER = nested(CONTAINER, (value, path) =>
  isRecord(value) && value.restartPolicy === 'Always'
    ? [`${path} has restartPolicy "Always", with which it would never be done; leave it out`]
    : NONE,
);

/** A container whose name is known, as volumes are called by it. */
export const NAMED_CONTAINER = nested(CONTAINER, (value, path) => lateNameProblems(value as k8s.Container, path));

/** The properties of a pattern: those of all, with its own. */
export function helperShape(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>>,
): Shape {
  return nested(fields({ container: CONTAINER, ...required }, { ...HELPER_PROPS, ...optional }), (value) => {
    const { container, files = [] } = value as HelperProps;
    return files.some(({ volumeName }) => volumeName === undefined) ? lateNameProblems(container, 'container') : NONE;
  });
}

function lateNameProblems({ name }: k8s.Container, path: string): readonly string[] {
  return isLate(name) ? [`${path}.name is known only later, and volumes are called by it; give a string`] : NONE;
}

/** A sentence about a list of a container that is to be looked at, or added to. */
export function lateListProblems(container: k8s.Container, name: keyof k8s.Container): string[] {
  return isLate(container[name]) ? [`"${name}" of "container" is known only later; give a list`] : [];
}

/** What is said of a configuration file. */
export const FILE_OPTIONS = ['configMapName', 'configVolumeName', 'onChange'] as const;

/** A sentence about what is said of a file where there is none. */
export function fileOptionProblems(
  options: { readonly [name in (typeof FILE_OPTIONS)[number]]?: unknown },
  otherwise = 'leave it out',
): string[] {
  const given = FILE_OPTIONS.filter((name) => options[name] !== undefined);
  return given.length > 0 ? [`${quoteList(given)} is given, but there is no file; ${otherwise}`] : [];
}

/** The fields of `HelperProps`. */
const HELPER_PROPS = {
  ...HELPER_OPTIONS,
  imageFromRegistry: flag,
  files: listOf(
    'files with their folders',
    made('configFiles', 'files with their folder, as in ConfigFiles.of({ "app.conf": "…" }).at("/etc/app")'),
  ),
};

/** `VolumeShare` */
export const SHARE = nested(
  made('mainMount', 'a volume with its path, as in SharedVolume.emptyDir("logs").at("/logs")'),
  fields({ volume: object, mainMount: object, helperMount: object }),
);

/** Environment variables with `{host}` and `{port}` in their values. */
export const ENVIRONMENT = mapOf(
  'strings',
  nested(text, (value, path) =>
    placeholdersIn(value as string)
      .filter((name) => name !== 'host' && name !== 'port')
      .map((name) => `${path} has the placeholder {${name}}; there are {host} and {port}`),
  ),
);

/** What cdk8s makes a value of at synthesis, such as a `Lazy`, can be anything until then; null is as nothing. */
function resolvable(shape: Shape): Shape {
  return (value, path) => (value === null || isLate(value) ? NONE : shape(value, path));
}

function isLate(value: unknown): boolean {
  return isRecord(value) && !isPlain(value);
}
