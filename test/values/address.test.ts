import { certifiedHost, samePlace } from '../../lib/values/address';

test.each([
  ['API.Example.', 'api.example'],
  ['[FD00:0::0:1]', 'fd00::1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['10.0.0.1', '10.0.0.1'],
])('certificates have %s as %s', (host, certified) => {
  expect(certifiedHost(host)).toBe(certified);
});

test.each([
  ['Orders:8080', 'orders.:8080'],
  ['[FD00:0::0:1]:80', '[fd00::1]:80'],
  ['orders', 'Orders.'],
])('%s and %s are one place', (one, other) => {
  expect(samePlace(one, other)).toBe(true);
});

test.each([
  ['orders:8080', 'orders:8081'],
  ['orders:8080', 'orders'],
  ['orders:8080', 'orders.shop:8080'],
  ['[fe80::1%eth0]:80', '[fe80::1]:80'],
])('%s and %s are not', (one, other) => {
  expect(samePlace(one, other)).toBe(false);
});
