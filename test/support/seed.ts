import * as fc from 'fast-check';

// The same values in each run, so that nothing fails by chance; with RUNS, which long runs set, others each time.
if (process.env.RUNS === undefined) {
  fc.configureGlobal({ seed: 1 });
}
