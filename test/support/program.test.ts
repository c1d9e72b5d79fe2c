import { availabilityOf } from './program';

const absent = 'no-such-program';

test('a program that is installed is found', () => {
  expect(availabilityOf('sh', 'apt-get install dash')).toStrictEqual({
    path: expect.stringMatching(/\/sh$/) as string,
  });
});

test('tests with a program that is not installed are skipped, and the reason is told', () => {
  const { CI, ...env } = process.env;

  expect(availabilityOf(absent, 'apt-get install its-package', env)).toStrictEqual({
    skip: 'skipped: no-such-program is not installed (apt-get install its-package)',
  });
});

test('on CI a program that is not installed is a failure', () => {
  expect(availabilityOf(absent, 'apt-get install its-package', { ...process.env, CI: 'true' })).toStrictEqual({
    fail: 'no-such-program is not installed (apt-get install its-package)',
  });
});

test('on CI a program that comes from elsewhere is not missed, and the reason is told', () => {
  const env = { ...process.env, CI: 'true' };

  expect(availabilityOf(absent, 'build it from its source', env, { elsewhere: true })).toStrictEqual({
    skip: 'skipped: no-such-program is not installed (build it from its source)',
  });
});
