#!/usr/bin/env node
import * as fs from 'node:fs';
import { run } from './command';

const { status, stdout, stderr } = run(process.argv.slice(2), () => fs.readFileSync(0, 'utf8'));
process.stdout.write(stdout);
process.stderr.write(stderr);
// Not process.exit(): a pipe may not have taken everything yet.
process.exitCode = status;
