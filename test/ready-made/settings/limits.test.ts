import { Duration, Size } from 'cdk8s';
import {
  countProblem,
  durationProblem,
  portProblems,
  secondsProblem,
  sizeProblem,
} from '../../../lib/ready-made/settings/limits';

test('what is in its range, or not given, is no problem', () => {
  expect([
    ...countProblem('count', undefined),
    ...countProblem('count', 1),
    ...countProblem('count', 0, 0),
    ...durationProblem('time', undefined),
    ...durationProblem('time', Duration.millis(2 ** 31 - 1)),
    ...secondsProblem('time', Duration.minutes(1), 1, 60),
    ...sizeProblem('size', Size.mebibytes(1), 1, 1024),
    ...portProblems([
      ['one', 1],
      ['other', 65535],
    ]),
  ]).toEqual([]);
});

test.each<[problems: readonly string[], problem: string]>([
  [countProblem('count', 0), 'count is 0; give a whole number from 1 to 1000000'],
  [countProblem('count', '5'), 'count is "5"; give a whole number from 1 to 1000000'],
  [durationProblem('time', 5 as never), 'time is 5; give a Duration, for instance Duration.seconds(30)'],
  [durationProblem('time', Duration.millis(0.5)), 'time is 0.5 ms; give a whole number from 1 to 2147483647 ms'],
  [durationProblem('time', Duration.millis(9), 1, 8.5), 'time is 9 ms; give a whole number from 1 to 8 ms'],
  [secondsProblem('time', Duration.millis(1500), 1, 60), 'time is 1.5 s; give a whole number from 1 to 60 s'],
  [sizeProblem('size', Size.mebibytes(2), 1, 1024), 'size is 2048 KiB; give a whole number from 1 to 1024 KiB'],
  [portProblems([['listen', 0]]), 'listen is 0; give a whole number from 1 to 65535'],
  [
    portProblems([
      ['listen', 80],
      ['health', 80],
    ]),
    'listen and health are both 80; give each a port of its own',
  ],
  [
    portProblems([
      ['listen', 80],
      ['metrics', 81],
      ['health', 80],
      ['admin', 80],
    ]),
    'listen and health and admin are all 80; give each a port of its own',
  ],
  [
    portProblems([
      ['listen', 80.5],
      ['health', 80.5],
    ]).slice(1),
    'health is 80.5; give a whole number from 1 to 65535',
  ],
])('%s', (problems, problem) => {
  expect(problems).toEqual([problem]);
});
