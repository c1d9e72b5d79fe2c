import { Namespace } from './namespace';

export { certificateFor } from '../../support/certificates';

/** Makes a Secret, or renews it. */
export async function secret(namespace: Namespace, name: string, stringData: Record<string, string>): Promise<void> {
  await namespace.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData }));
}
