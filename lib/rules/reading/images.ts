/** An image reference: `registry:5000/name:tag@sha256:…`; the registry's port is no tag. */
export function parseImage(image: string): { name: string; tag?: string; digest?: string } {
  const [reference, digest] = image.split('@', 2);
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return colon === -1
    ? { name: reference, digest }
    : { name: reference.slice(0, colon), tag: reference.slice(colon + 1), digest };
}

const DOMAIN_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(?:${DOMAIN_LABEL}(?:\\.${DOMAIN_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
/** What another program is to replace before it is applied: a variable, a template's expression, ko's import path. */
const PLACEHOLDER = /^ko:\/\/|[${<]/;

/** What is wrong with an image reference, by the grammar that the runtimes use, and what to do. */
export function imageReferenceProblem(image: string): string | undefined {
  if (image.trim() === '' || PLACEHOLDER.test(image)) {
    return undefined;
  }
  if (/\s/.test(image)) {
    return 'leave out the space in it';
  }
  const at = image.indexOf('@');
  const reference = at === -1 ? image : image.slice(0, at);
  const digest = at === -1 ? undefined : image.slice(at + 1);
  const { name, tag } = parseImage(reference);
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const hasDomain = slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const path = hasDomain ? name.slice(slash + 1) : name;
  if (hasDomain && !DOMAIN.test(first)) {
    return `correct its registry, ${JSON.stringify(first)}`;
  }
  if (path !== path.toLowerCase()) {
    return `write its name in lower case: ${JSON.stringify(path)}`;
  }
  if (!PATH.test(path)) {
    return `correct its name, ${JSON.stringify(path)}: lower case letters and digits, with single separators between`;
  }
  if (tag !== undefined && !TAG.test(tag)) {
    return `correct its tag, ${JSON.stringify(tag)}: at most 128 letters, digits, "_", "." and "-"`;
  }
  return digest !== undefined && !DIGEST.test(digest)
    ? `correct its digest, ${JSON.stringify(digest)}: the algorithm, a colon and hexadecimal digits`
    : undefined;
}
