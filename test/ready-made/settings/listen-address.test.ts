import { isOwnHost } from '../../../lib/ready-made/settings/listen-address';

test.each([
  ...['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.0.0.2', '127.255.255.254'],
  ...['::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::FFFF:7f00:2'],
])('%s is the pod itself', (host) => {
  expect(isOwnHost(host)).toBe(true);
});

test.each([
  'orders',
  'localhost.example',
  '10.127.0.1',
  '128.0.0.1',
  '127.example',
  '::2',
  '::ffff:10.0.0.1',
  'fd00::1',
])('%s is elsewhere', (host) => {
  expect(isOwnHost(host)).toBe(false);
});
