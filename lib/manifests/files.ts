import * as fs from 'fs';
import * as path from 'path';

/**
 * Writes all files or none: first each of them under a temporary name in its folder, then, when nothing can fail for
 * want of space any more, each under its own, which no folder has.
 */
export function writeFiles(contents: ReadonlyMap<string, string>): void {
  const folder = [...contents.keys()].find((file) => fs.statSync(file, { throwIfNoEntry: false })?.isDirectory());
  if (folder !== undefined) {
    throw new Error(`${folder} is a folder, where a file is to be written; remove it, or write elsewhere`);
  }
  const temporaries = new Map<string, string>();
  try {
    for (const [file, content] of contents) {
      const temporary = path.join(path.dirname(file), `.tmp-${process.pid}-${temporaries.size}`);
      temporaries.set(temporary, file);
      fs.writeFileSync(temporary, content);
    }
    for (const [temporary, file] of temporaries) {
      fs.renameSync(temporary, file);
    }
  } catch (error) {
    for (const temporary of temporaries.keys()) {
      fs.rmSync(temporary, { force: true });
    }
    throw error;
  }
}
