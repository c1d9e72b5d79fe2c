import { chmodSync, chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Servers that do not run as root, or run otherwise then. */
export const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A folder that programs run as nobody can use, too. */
export function sharedFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  if (asNobody.uid !== undefined) {
    chmodSync(dirname(folder), 0o1711);
    chownSync(folder, asNobody.uid, asNobody.gid);
  }
  return folder;
}
