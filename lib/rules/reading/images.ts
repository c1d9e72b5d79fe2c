/** An image reference: `registry:5000/name:tag@sha256:…`; the registry's port is no tag. */
export function parseImage(image: string): { name: string; tag?: string; digest?: string } {
  const [reference, digest] = image.split('@', 2);
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return colon === -1
    ? { name: reference, digest }
    : { name: reference.slice(0, colon), tag: reference.slice(colon + 1), digest };
}
