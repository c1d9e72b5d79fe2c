import { SECRET_HEADER } from '../../lib/values/secret-header';

test.each([
  ...['Authorization', 'Proxy-Authorization', 'Cookie', 'Set-Cookie', 'X-Auth-Token', 'client_secret', 'X-Password'],
  ...['x-api-key', 'X-API_KEY', 'api.key', 'apikey'],
])('%s is secret', (name) => {
  expect(SECRET_HEADER.test(name)).toBe(true);
});

test.each(['Accept', 'X-Authorization-Mode', 'X-Request-Id', 'X-Api-Version'])('%s is not', (name) => {
  expect(SECRET_HEADER.test(name)).toBe(false);
});
