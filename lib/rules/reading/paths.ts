/** A path without `.`, empty steps and a slash at its end. */
export function normalPath(path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  return `${path.startsWith('/') ? '/' : ''}${steps.join('/')}`;
}

export function isInside(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
