import * as fc from 'fast-check';
import { openTelemetryProblems } from '../../../lib/ready-made/open-telemetry/open-telemetry-problems';
import { describeWithProgram } from '../../support/program';
import { INSTALL, OTELCOL, Sandbox } from './engine';
import { settingsOfAllSorts } from './settings-of-all-sorts';

/** The collector judges the same settings as we do. */

// RUNS=3000 takes some minutes.
const sample = { numRuns: Number(process.env.RUNS ?? 60) };

/** What we say against settings that the collector takes when it only looks at them. */
const OURS: readonly RegExp[] = [
  // It would not start, or be able to connect, listen or write.
  /^(?:\w+Port|.*\.options\.port|the port of ".*") is .*; give a whole number from 1 to 65535$/,
  /^\w+Port(?: and \w+Port)+ are (?:both|all) \d+; give each a port of its own$/,
  /^\d+ of OpenTelemetryInput\.otlp\(\) have "\w+" \S+; give all pipelines the same one/,
  /^(?:the host of ".*"|serverName for ".*") is .*; give a DNS name or an IP address to connect to$/,
  /^the endpoint .* is no host and port/,
  /^the URL .* is none of "http:\/\/" or "https:\/\/"/,
  /^the header .* has no name of letters/,
  /^(?:the (?:prefix of the )?header|tenant) .*; give printable ASCII without spaces at its ends$/,
  /^the file .* is on volume ".*", which is read-only for the collector/,
  /^exclude of files has all that is included/,
  /^OpenTelemetryInput\.files\(\) only reads its source, but volume ".*" is mounted writable/,
  // It would do something else.
  /^the output to .* is the collector itself|^the URL .*, to which its path is added/,
  /^(?:no )?TLS is asked for, but the URL|^tls for ".*" has /,
  /^the header .* is what the protocol says itself|^the header .* is given twice/,
  /^(?:the pattern|the folder) .* of files |^the folder .* has what the collector reads as a pattern/,
  /^the file .* has no name of letters/,
  /^max(?:Size|Backups) is /,
  /^(?:interval|timeout) of a scrape is .*; give a whole number/,
  /^path to scrape is /,
  /; give text without control characters$/,
  /has both "message", which becomes the body, and "keepBody"/,
  /^(?:the pattern of .*|entryStart) is ""; give a regular expression$/,
  /renames .* to itself|which has no named group|, which names two groups |^two (?:inputs|outputs) /,
  /^port \d+ to scrape is the collector's own/,
  /^resourceAttributes has /,
  // It would reach others than the main container, or not it.
  /^listenAddress is /,
  // A secret would be where all see it.
  /^the value of the header .* would stand in a ConfigMap/,
  // Kubernetes would refuse it.
  /^tls for ".*": options\.\w+ is .*; give the name of an object|^the Secret of the header /,
  /^the key of the header /,
];

jest.setTimeout(3_600_000);

describeWithProgram(
  OTELCOL,
  (program) => {
    test('what we accept the collector accepts, and what we refuse it refuses, or would take otherwise than it is meant', async () => {
      const sandbox = new Sandbox(program);
      const all = fc.sample(settingsOfAllSorts, sample);
      const disagreements: unknown[] = [];
      let accepted = 0;
      const judge = async (): Promise<void> => {
        for (let settings = all.pop(); settings; settings = all.pop()) {
          const problems = openTelemetryProblems(settings);
          const verdict = await sandbox.verdict(settings);
          if (problems.length === 0) {
            accepted += 1;
          }
          const unexplained = problems.filter((problem) => !OURS.some((reason) => reason.test(problem)));
          if (problems.length === 0 ? verdict !== '' : verdict === '' && unexplained.length > 0) {
            disagreements.push({ problems: unexplained, verdict });
          }
        }
      };
      try {
        await Promise.all([judge(), judge()]);
      } finally {
        await sandbox.close();
      }
      expect(disagreements).toStrictEqual([]);
      // Both are there, each often enough to be worth something.
      expect(accepted / sample.numRuns).toBeGreaterThan(0.2);
      expect(accepted / sample.numRuns).toBeLessThan(0.8);
    });
  },
  INSTALL,
);
