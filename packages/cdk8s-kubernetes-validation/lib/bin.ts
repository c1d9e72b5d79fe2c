#!/usr/bin/env node
import { run } from './command';
import { readText } from './manifest-file';

const { status, stdout, stderr } = run(process.argv.slice(2), () => readText(0));
process.stdout.write(stdout);
process.stderr.write(stderr);
// Not process.exit(): a pipe may not have taken everything yet.
process.exitCode = status;
