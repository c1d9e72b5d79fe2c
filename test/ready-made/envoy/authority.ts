import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, withFolder } from '../../support/project';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate and its key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** An authority that issues certificates. */
export class Authority {
  public readonly certificate: string;
  private readonly key: string;
  private readonly issued = new Map<string, Pair>();

  public constructor(name = 'ca') {
    const { cert, key } = withFolder((folder) => {
      run(folder, 'openssl', ['req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, ...out('ca', 'crt')]);
      return pairIn(folder, 'ca');
    });
    this.certificate = cert;
    this.key = key;
  }

  /**
   * A certificate, the same one each time.
   *
   * @param alternative its alternative name, for instance `DNS:api.example`
   */
  public issue(alternative: string): Pair {
    const pair = this.issued.get(alternative) ?? this.issueAnother(alternative);
    this.issued.set(alternative, pair);
    return pair;
  }

  /** A certificate of its own, as a renewed one is. */
  public issueAnother(alternative: string): Pair {
    return withFolder((folder) => {
      writeFileSync(join(folder, 'ca.crt'), this.certificate);
      writeFileSync(join(folder, 'ca.key'), this.key);
      writeFileSync(join(folder, 'ext'), `subjectAltName=${alternative}`);
      run(folder, 'openssl', ['req', ...KEY, '-subj', '/CN=x', ...out('one', 'csr')]);
      const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext'];
      run(folder, 'openssl', ['x509', '-req', '-in', 'one.csr', ...signed, '-out', 'one.crt']);
      return pairIn(folder, 'one');
    });
  }
}

function out(name: string, extension: string): string[] {
  return ['-keyout', `${name}.key`, '-out', `${name}.${extension}`];
}

function pairIn(folder: string, name: string): Pair {
  const read = (extension: string): string => readFileSync(join(folder, `${name}.${extension}`), 'utf8');
  return { cert: read('crt'), key: read('key') };
}
