import { refusal } from './api';
import { Namespace } from './namespace';

/** What is sent to the API server. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What the API server says against making manifests in a namespace; the empty string where it would make all. */
export async function refusals(namespace: Namespace, manifests: readonly Manifest[]): Promise<string> {
  const answers = await Promise.all(
    manifests.map(async (manifest) => {
      const { apiVersion, kind } = manifest;
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      return refusal(`${root}/namespaces/${namespace.name}/${kind.toLowerCase()}s`, manifest);
    }),
  );
  return answers.filter(Boolean).join('\n');
}
