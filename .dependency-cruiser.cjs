/**
 * The rooms of lib/, and which of them may know which: data runs from patterns to manifests, imports only from the
 * left of a line below to its right. docs/architecture.md has the picture.
 */
const rooms = {
  'ready-made': ['patterns', 'contributions', 'workloads', 'values'],
  patterns: ['contributions', 'weaving', 'checks', 'workloads', 'findings', 'values'],
  checks: ['weaving', 'workloads', 'rules', 'findings', 'values'],
  weaving: ['contributions', 'workloads', 'rules', 'findings', 'values'],
  contributions: ['values'],
  workloads: ['rules', 'findings', 'values'],
  rules: ['findings', 'values'],
  manifests: ['findings', 'values'],
  findings: [],
  values: [],
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(rooms).map(([room, known]) => ({
      name: `${room}-knows-${known.join('-') || 'nothing'}`,
      severity: 'error',
      from: { path: `^lib/${room}/` },
      to: { path: '^lib/', pathNot: `^lib/(${[room, ...known].join('|')})/` },
    })),
    {
      name: 'rules-know-nothing-of-constructs',
      severity: 'error',
      from: { path: '^lib/rules/' },
      to: { path: '^node_modules/(constructs|cdk8s)' },
    },
    {
      // What is in these rooms and not exported is not for helpers, ours or a user's. The shapes of props are but what
      // the compiler tells a user of TypeScript, said to those of JavaScript as well.
      name: 'ready-made-helpers-use-the-public-api',
      severity: 'error',
      from: { path: '^lib/ready-made/' },
      to: {
        path: '^lib/(patterns|contributions|workloads)/',
        pathNot: '^lib/([a-z]+/index|contributions/helper-shape)[.]ts$',
      },
    },
    {
      name: 'what-engines-share-knows-no-engine',
      severity: 'error',
      from: { path: '^lib/ready-made/(settings|headers)/' },
      to: { path: '^lib/ready-made/', pathNot: '^lib/ready-made/(settings|headers)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
