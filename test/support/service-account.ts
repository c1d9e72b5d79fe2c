import { generateKeyPairSync } from 'node:crypto';

/**
 * The key of a service account, as Google makes it.
 *
 * @param api whom it is shown to, for a token
 */
export function serviceAccount(api: string): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return JSON.stringify({
    type: 'service_account',
    project_id: 'my-shop',
    private_key_id: 'one',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'invoices@my-shop.iam.gserviceaccount.com',
    client_id: '1',
    token_uri: `${api}/token`,
  });
}
