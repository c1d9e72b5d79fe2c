import { SECRET_HEADER, secretParameters } from '../../../lib/ready-made/settings/secret-header';

test.each([
  ...['Authorization', 'Proxy-Authorization', 'Cookie', 'Set-Cookie', 'X-Auth-Token', 'client_secret', 'X-Password'],
  ...['x-api-key', 'X-API_KEY', 'api.key', 'apikey'],
])('%s is secret', (name) => {
  expect(SECRET_HEADER.test(name)).toBe(true);
});

test.each(['Accept', 'X-Authorization-Mode', 'X-Request-Id', 'X-Api-Version'])('%s is not', (name) => {
  expect(SECRET_HEADER.test(name)).toBe(false);
});

test.each([
  ['https://git.example/a.git?private_token=a&ref=b&private_token=c', ['private_token']],
  ['/status?API_KEY=a&client%5Fsecret=b', ['API_KEY', 'client_secret']],
  ['/token?page=1', []],
  ['https://token.example/token', []],
])('of %s those in the query are %j', (url, names) => {
  expect(secretParameters(url)).toStrictEqual(names);
});
