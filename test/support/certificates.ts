import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, withFolder } from './project';

/** A certificate for a name that vouches for itself, as the chart's comment makes one. */
export function certificateFor(name: string): Record<string, string> {
  return withFolder((folder) => {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', 'tls.key'];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    run(folder, 'openssl', ['req', '-x509', ...key, ...subject, '-out', 'tls.crt']);
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    return { 'tls.crt': read('tls.crt'), 'tls.key': read('tls.key'), 'ca.crt': read('tls.crt') };
  });
}
