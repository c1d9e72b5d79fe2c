import { createHash } from 'node:crypto';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { addConfigMapChecks } from '../checks/object-checks';
import { ConfigChange, ConfigFiles } from '../contributions/config-files';
import { CHECKSUM, Contribution } from '../contributions/contribution';
import { isBuiltInGroup } from '../values/api-groups';
import { isInTree } from '../weaving/thread';
import { quoteList } from '../values/text';

/** The workload that files are for: in a List, that of the item. */
interface Target {
  readonly apiGroup: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** A ConfigMap, and what it was made of. */
export interface FilesConfigMap {
  readonly configMap: ApiObject;
  readonly owner: Construct;
  readonly contents: Readonly<Record<string, string>>;
}

/**
 * By files, the root of a construct tree, and what they have to have in common: the namespace, as a pod mounts what is
 * beside it and nothing else, and whether each content has a ConfigMap.
 */
const made = new WeakMap<ConfigFiles, WeakMap<IConstruct, Map<string, FilesConfigMap>>>();

/**
 * The ConfigMap of files: that of the helper that was given them first, or a new one.
 *
 * @param index the how manieth files of its owner they are
 * @param contentOf what stands in the ConfigMap for a file
 */
export function configMapOf(
  owner: Construct,
  target: Target,
  index: number,
  files: ConfigFiles,
  contentOf: (file: string) => string,
): FilesConfigMap {
  const isReplaced = onChangeFor(files, target) === ConfigChange.REPLACE;
  const key = JSON.stringify([target.namespace, isReplaced]);
  const contents = Object.fromEntries(Object.entries(files.files).map(([name, file]) => [name, contentOf(file)]));
  const byRoot = made.get(files) ?? new WeakMap<IConstruct, Map<string, FilesConfigMap>>();
  const byKey = byRoot.get(owner.node.root) ?? new Map<string, FilesConfigMap>();
  made.set(files, byRoot.set(owner.node.root, byKey));

  const first = byKey.get(key);
  if (first && isInTree(first.configMap)) {
    assertSame(owner, contents, first);
    return first;
  }
  const configMap = makeConfigMap(owner, index, contents, {
    name: files.configMapName,
    namespace: target.namespace,
    isReplaced,
  });
  addConfigMapChecks(configMap);
  const result = { configMap, owner, contents };
  byKey.set(key, result);
  return result;
}

function makeConfigMap(
  owner: Construct,
  index: number,
  data: Record<string, string>,
  { name, namespace, isReplaced }: { name?: string; namespace?: string; isReplaced: boolean },
): ApiObject {
  const hash = isReplaced ? `-${checksumOf(data).slice(0, 10)}` : '';
  // The chart makes names of ids, so that what is in the id is in the name.
  return new k8s.KubeConfigMap(owner, `config${index > 0 ? `-${index + 1}` : ''}${hash}`, {
    metadata: {
      ...(name !== undefined && { name: `${name}${hash}` }),
      namespace,
    },
    data,
    ...(hash !== '' && { immutable: true }),
  });
}

/** Only in the files of an ambassador is there something that depends on who mounts them. */
function assertSame(owner: Construct, contents: Readonly<Record<string, string>>, first: FilesConfigMap): void {
  const differing = Object.keys(contents).filter((name) => contents[name] !== first.contents[name]);
  if (differing.length > 0) {
    throw new Error(
      `${owner.node.path}: cannot share the files of ${first.owner.node.path}: with what their listeners say in it, ` +
        `${quoteList(differing)} differ; give each ConfigFiles of its own`,
    );
  }
}

/** What a pattern contributes, together with its files. */
export function withFiles(
  contribution: Contribution,
  target: Target,
  configMaps: readonly FilesConfigMap[],
): Contribution {
  const { files = [], container } = contribution.helper;
  if (files.length === 0) {
    return contribution;
  }
  const names = files.map(
    ({ volumeName }, index) => volumeName ?? `${container.name}-config${index > 0 ? `-${index + 1}` : ''}`,
  );
  return {
    ...contribution,
    objects: configMaps.map(({ configMap }) => configMap),
    volumes: [
      ...(contribution.volumes ?? []),
      ...names.map((name, index) => ({ name, configMap: { name: configMaps[index].configMap.name } })),
    ],
    volumeMounts: [
      ...(contribution.volumeMounts ?? []),
      ...names.map((name, index) => ({ name, mountPath: files[index].mountPath })),
    ],
    annotations: Object.fromEntries(
      names.flatMap((name, index) =>
        onChangeFor(files[index].configFiles, target) === ConfigChange.RESTART
          ? [[`${CHECKSUM}${name}`, checksumOf(configMaps[index].contents)]]
          : [],
      ),
    ),
  };
}

/** The pods of a Job, and a Pod itself, are made once: another template would replace nothing and be refused. */
function onChangeFor({ onChange }: ConfigFiles, { apiGroup, kind }: Target): ConfigChange {
  const isMadeOnce = isBuiltInGroup(apiGroup) && (kind === 'Job' || kind === 'Pod');
  return isMadeOnce ? ConfigChange.KEEP_RUNNING : onChange;
}

function checksumOf(contents: Readonly<Record<string, string>>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(contents).sort(([one], [other]) => (one < other ? -1 : 1))))
    .digest('hex');
}
