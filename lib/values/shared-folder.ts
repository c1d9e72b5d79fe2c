import { posix } from 'node:path';
import { k8s } from 'cdk8s-plus-28';
import { shown } from './shape';

/** A volume, and where a helper has it. */
interface SharedFolder {
  readonly volume: k8s.Volume;
  readonly helperMount: k8s.VolumeMount;
}

/** Its path for the helper, without a slash at the end. */
export function folderOf({ helperMount }: SharedFolder): string {
  return helperMount.mountPath.replace(/\/+$/, '');
}

/**
 * A sentence about a folder whose path a helper does not take as it is.
 *
 * @param others what it takes besides letters, digits and slashes
 * @param of whose folder it is, as in ` of source`
 */
export function folderProblem(share: SharedFolder, helper: string, others: string, of = ''): string[] {
  const folder = folderOf(share);
  return folder.startsWith('/') &&
    Array.from(folder).every((each) => /[A-Za-z0-9/]/.test(each) || others.includes(each))
    ? []
    : [
        `the folder ${shown(folder)}${of} has what ${helper} reads as a pattern or not at all; mount the volume at a path of ` +
          `letters, digits, ${others.includes(' ') ? 'spaces, ' : ''}"/" and ${shown(others.trim())}, by "helperPath" if need be`,
      ];
}

/** A sentence about patterns of files that leave nothing to read. */
export function excludeProblem(of: string, include: readonly string[], exclude: readonly string[] = []): string[] {
  return include.length > 0 && include.every((pattern) => exclude.includes(pattern))
    ? [`exclude of ${of} has all that is included; leave out less`]
    : [];
}

/** A sentence about a folder that is there to be read, but mounted for the helper to write: the main container could not. */
export function sourceProblem(
  reader: string,
  { volume, helperMount }: SharedFolder,
  otherwise = 'give VolumeWriter.NOBODY where another helper writes',
): string[] {
  return helperMount.readOnly === true
    ? []
    : [
        `${reader} only reads its source, but volume "${volume.name}" is mounted writable; leave out "writer", or ${otherwise}`,
      ];
}

/**
 * A sentence about each file that a helper writes to where it reads files, however these are called: most names that are
 * given to what is put aside match as well.
 *
 * @param files what it writes
 * @param sources what it reads, by patterns
 */
export function loopProblems(
  files: readonly { readonly share: SharedFolder; readonly name: string }[],
  sources: readonly { readonly share: SharedFolder; readonly include?: readonly string[] }[],
): string[] {
  return files.flatMap(({ share, name }) => {
    const source = sources.find(({ share: read, include = [] }) =>
      [pathsOf(share, read), placesOf(share, read)].some(([written, from]) =>
        include.some((pattern) => /\/|\*\*/.test(pattern)) ? `${written}/`.startsWith(`${from}/`) : written === from,
      ),
    );
    return source
      ? [
          `the file ${shown(`${folderOf(share)}/${name}`)} on volume "${share.volume.name}" is where files are read, in ` +
            `${shown(folderOf(source.share))}: what it reads it would write there again, without end; give the file a volume ` +
            'of its own',
        ]
      : [];
  });
}

/** Files of a folder, by names or patterns. */
interface Files {
  readonly share: SharedFolder;
  readonly names: readonly string[];
}

/**
 * A sentence about all that read what is read already.
 *
 * @param sources what is read; two are none too many where their `groups` have nothing in common, if they have such
 * @param sentence what to say of files that are read by two, which are told by their indices
 */
export function readTwiceProblems(
  sources: readonly (Files & { readonly groups?: readonly unknown[] })[],
  sentence: (files: string, one: number, other: number) => string,
): string[] {
  const problems = sources.flatMap((source, other) => {
    const { groups = [undefined] } = source;
    for (const [one, earlier] of sources.slice(0, other).entries()) {
      const both = commonFile(earlier, source);
      if (both !== undefined && (earlier.groups ?? [undefined]).some((group) => groups.includes(group))) {
        return [sentence(both, one, other)];
      }
    }
    return [];
  });
  return [...new Set(problems)];
}

/** A sentence about each file that two outputs write. */
export function writtenTwiceProblems(
  files: readonly { readonly share: SharedFolder; readonly name: string }[],
  otherwise: string,
): string[] {
  return readTwiceProblems(
    files.map(({ share, name }) => ({ share, names: [name] })),
    (file) => `two outputs write ${file}; ${otherwise}`,
  );
}

/** One that is of both, by its paths for the helper. */
function commonFile(one: Files, other: Files): string | undefined {
  const wheres = [pathsOf(one.share, other.share), placesOf(one.share, other.share)];
  for (const name of one.names) {
    const same = other.names.find((otherName) =>
      wheres.some(([place, otherPlace]) => `${place}/${name}` === `${otherPlace}/${otherName}`),
    );
    if (same !== undefined) {
      const [path, otherPath] = [`${folderOf(one.share)}/${name}`, `${folderOf(other.share)}/${same}`];
      return path === otherPath ? shown(path) : `${shown(path)}, which is ${shown(otherPath)} as well`;
    }
  }
  return undefined;
}

/**
 * Sentences about a file that a helper would not write, or elsewhere.
 *
 * @param others what it takes in a path besides letters, digits and slashes
 * @param of whose file it is, as in ` of outputs[0]`
 */
export function fileProblems(
  { share, name }: { readonly share: SharedFolder; readonly name: string },
  helper: string,
  others: string,
  of = '',
): string[] {
  const characters = others.replaceAll(' ', '');
  return [
    ...folderProblem(share, helper, others, of),
    ...(share.helperMount.readOnly
      ? [
          `the file ${shown(name)}${of} is on volume "${share.volume.name}", which is read-only for ${helper}; share it with ` +
            '"writer: VolumeWriter.HELPER"',
        ]
      : []),
    ...(name !== '' &&
    !name.startsWith('.') &&
    Array.from(name).every((each) => /[A-Za-z0-9]/.test(each) || characters.includes(each))
      ? []
      : [
          `the file ${shown(name)}${of} has no name of letters, digits and ${shown(characters)}; give one that does not begin ` +
            'with "."',
        ]),
  ];
}

function pathsOf(...folders: readonly SharedFolder[]): string[] {
  return folders.map(folderOf);
}

/** Where they are in their volumes, which may be one that is mounted twice. */
function placesOf(...folders: readonly SharedFolder[]): string[] {
  return folders.map(({ volume, helperMount }) =>
    posix.join(volume.name, helperMount.subPath ?? '').replace(/\/+$/, ''),
  );
}
