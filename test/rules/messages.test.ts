import { Manifest } from '../../lib/values/pod';
import { RULES, checkConfigMap, checkPod, checkService } from '../../lib/rules';
import { findingsIn, findingsOf, messagesOf, withContainer } from './support';

const image = 'nginx:1.27';
const sleeping = (...command: string[]): string[] =>
  messagesOf('shutdown-grace', withContainer({ lifecycle: { preStop: { exec: { command } } } }));

test('several mistakes of one kind are several findings, in the order of the manifest', () => {
  const spec = {
    initContainers: [{ name: 'setup', image, volumeMounts: [{ name: 'c', mountPath: '/c' }] }],
    containers: [{ name: 'app', image, volumeMounts: ['a', 'b'].map((name) => ({ name, mountPath: `/${name}` })) }],
    volumes: [{ name: 'd', emptyDir: {} }],
  };
  expect(findingsOf(spec)).toEqual([
    finding(
      'mount-volume',
      'container "setup" mounts the volume "c"; not found: the pod has "d"; add it, or correct the name',
    ),
    finding(
      'mount-volume',
      'container "app" mounts the volume "a"; not found: the pod has "d"; add it, or correct the name',
    ),
    finding(
      'mount-volume',
      'container "app" mounts the volume "b"; not found: the pod has "d"; add it, or correct the name',
    ),
  ]);
});

test('a container without a name is told by its place', () => {
  expect(findingsOf({ containers: [{ image, ports: [{ containerPort: '80' }] }, { name: 'app' }] })).toEqual([
    finding('container-name', 'containers[0] has no name; required value: name it'),
    finding('image-required', 'container "app" has no image; required value: name the image it runs'),
    finding('field-type', 'containers[0] has ports[0].containerPort "80"; must be an integer; write it without quotes'),
  ]);
});

test('findings say what is there, what Kubernetes says, and what to do', () => {
  const resources = { requests: { memory: '1Gi', cpu: '1x' }, limits: { memory: '1G' } };
  expect(findingsOf(withContainer({ resources, livenessProbe: { httpGet: { port: '80' } } }))).toEqual([
    finding(
      'quantity',
      'container "app" has a cpu request of "1x"; quantities must match the regular expression ' +
        "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'; write it like 100m, 1.5 or 128Mi",
    ),
    finding(
      'request-limit',
      'container "app" has a memory request of "1Gi"; must be less than or equal to memory limit of "1G"; lower it, ' +
        'or raise the limit',
    ),
    finding(
      'probe-port',
      'container "app" has a livenessProbe on port "80"; must contain at least one letter (a-z); write the number ' +
        'without quotes',
    ),
  ]);
});

test.each([
  [{ args: ['--port', 8080] }, 'args[1] 8080; must be a string; write it in quotes'],
  [{ command: 'run' }, 'command "run"; must be a list of strings; write each word as an item of it'],
  [
    { livenessProbe: { exec: { command: [true] } } },
    'livenessProbe.exec.command[0] true; must be a string; write it in quotes',
  ],
  [
    { lifecycle: { preStop: { exec: { command: 'ls' } } } },
    'lifecycle.preStop.exec.command "ls"; must be a list of strings; write each word as an item of it',
  ],
])('what is no list of strings is told by its place: %j', (fields, message) => {
  expect(messagesOf('field-type', withContainer(fields))).toEqual([`container "app" has ${message}`]);
});

test.each<[string, object, (index: number) => string, string]>([
  [
    'list',
    { args: Array(30).fill(1) },
    (index) => `args[${index}] 1; must be a string; write it in quotes`,
    '20 more in args',
  ],
  [
    'list of objects',
    { env: Array(11).fill('A=b') },
    (index) => `env[${index}] "A=b"; must be an object with fields such as "name", "value", "valueFrom"; write these`,
    '1 more in env',
  ],
])('items of the wrong type are summed up in a long %s', (_, fields, first, rest) => {
  expect(messagesOf('field-type', withContainer(fields))).toEqual([
    ...Array.from({ length: 10 }, (_, index) => `container "app" has ${first(index)}`),
    `container "app" has ${rest} that are of the wrong type; mend them likewise`,
  ]);
});

const integer = 'must be an integer';
const boolean = 'must be a boolean; write true or false, without quotes';
test.each([
  [{ hostPID: 'yes' }, `the pod has hostPID "yes"; ${boolean}`],
  [
    { terminationGracePeriodSeconds: '30' },
    `the pod has terminationGracePeriodSeconds "30"; ${integer}; write it without quotes`,
  ],
  [
    { terminationGracePeriodSeconds: '30s' },
    `the pod has terminationGracePeriodSeconds "30s"; ${integer}; give a whole number`,
  ],
  [{ securityContext: { runAsNonRoot: 1 } }, `the pod has securityContext.runAsNonRoot 1; ${boolean}`],
  [
    withContainer({ readinessProbe: { failureThreshold: 2 ** 31 } }),
    'container "app" has readinessProbe.failureThreshold 2147483648; must be an integer of 32 bits; give a smaller one',
  ],
  [
    withContainer({ volumeMounts: [{}, { readOnly: 'true' }] }),
    `container "app" has volumeMounts[1].readOnly "true"; ${boolean}`,
  ],
])('a field of the wrong type is told by its place: %j', (spec, message) => {
  expect(messagesOf('field-type', spec)).toEqual([message]);
});

test.each([
  [
    { securityContext: { fsGroup: 2 ** 31 } },
    'the pod has securityContext.fsGroup 2147483648; must be between 0 and 2147483647, inclusive; give such a number',
  ],
  [
    { volumes: [{ name: 'v', projected: { defaultMode: 512 } }] },
    'volume "v" has projected.defaultMode 512; must be between 0 and 0777 (octal), which is 511; give such a number',
  ],
  [
    withContainer({ readinessProbe: { failureThreshold: -1 } }),
    'container "app" has readinessProbe.failureThreshold -1; must be greater than or equal to 0; give such a number',
  ],
  [
    withContainer({ ports: [{ containerPort: 80, protocol: 'tcp' }] }),
    'container "app" has ports[0].protocol "tcp"; unsupported value: supported values: "SCTP", "TCP", "UDP"; write "TCP"',
  ],
  [
    withContainer({ ports: [{ containerPort: 80, protocol: 'HTTP' }] }),
    'container "app" has ports[0].protocol "HTTP"; unsupported value: supported values: "SCTP", "TCP", "UDP"; write one ' +
      'of them, or leave it out',
  ],
  [
    withContainer({ livenessProbe: { terminationGracePeriodSeconds: 0 } }),
    'container "app" has livenessProbe.terminationGracePeriodSeconds 0; must be greater than 0; give such a number',
  ],
])('a value that a field cannot have is told by its place: %j', (spec, message) => {
  expect(messagesOf('field-value', spec)).toEqual([message]);
});

test.each<[unknown, ...string[]]>([
  [withContainer({ volumeMount: [] }), 'container "app" has the unknown field volumeMount; write "volumeMounts"'],
  [
    withContainer({ securityContext: { Privileged: true } }),
    'container "app" has the unknown field securityContext.Privileged; write "privileged"',
  ],
  [
    withContainer({}, { privileged: true }),
    'the pod has the unknown field privileged; move it to containers[].securityContext',
  ],
  [withContainer({ hostNetwork: true }), 'container "app" has the unknown field hostNetwork; move it to the pod'],
  [
    withContainer({ resources: { cpu: 1 } }),
    'container "app" has the unknown field resources.cpu; remove it, or correct its name',
  ],
  [
    withContainer({}, { volumes: [{ name: 'v', secret: { secretName: 's', name: 's' } }] }),
    'volume "v" has the unknown field secret.name; write "secretName", or remove it',
  ],
  [
    { kind: 'Service', spec: { selctor: {}, ports: [{ port: 1, 'target port': 2, 'a.b': null }] } },
    'the Service has the unknown field spec.selctor; write "selector"',
    'the Service has the unknown field spec.ports[0]["target port"]; write "targetPort"',
    'the Service has the unknown field spec.ports[0]["a.b"]; remove it, or correct its name',
  ],
])('a field that the API does not know is told by its place, and what was meant: %j', (document, ...messages) => {
  expect(findingsIn(JSON.stringify(document))).toEqual(messages.map((message) => finding('unknown-field', message)));
});

test('the fields of a custom resource are its own, but those of its pods have the types that all pods have', () => {
  const spec = { mine: 1, template: { spec: withContainer({ args: [1], mine: 1, resources: { limits: [] } }) } };
  const manifest = { apiVersion: 'example.com/v1', kind: 'Deployment', metadata: { name: 'A_b', labels: [] }, spec };
  expect(findingsIn(JSON.stringify(manifest))).toEqual([
    finding('field-type', 'the Deployment has metadata.labels []; must be a map; write keys with values'),
    finding('field-type', 'container "app" has args[0] 1; must be a string; write it in quotes'),
    finding('field-type', 'container "app" has resources.limits []; must be a map; write keys with values'),
  ]);
});

test.each([
  ['Service', 'web_1', 'a lowercase RFC 1123 label must consist'],
  ['StatefulSet', 'my.set', 'a lowercase RFC 1123 label must consist'],
  ['Namespace', 'a.b', 'a lowercase RFC 1123 label must consist'],
  ['ConfigMap', 'Web', 'a lowercase RFC 1123 subdomain must consist'],
  ['Ingress', 'a..b', 'a lowercase RFC 1123 subdomain must consist'],
  ['Role', 'a/b', "may not contain '/'"],
])('%s "%s" %s', (kind, name, problem) => {
  const manifest = { apiVersion: kind === 'Ingress' ? 'networking.k8s.io/v1' : 'v1', kind, metadata: { name } };
  const messages = findingsIn(JSON.stringify(manifest)).filter(({ rule }) => rule === 'metadata-name');
  expect(messages).toEqual([
    finding('metadata-name', expect.stringContaining(`the ${kind} is named "${name}"; ${problem}`) as string),
  ]);
});

const named = (kind: string, name: string, spec: object = {}): string[] => {
  const template = { spec: withContainer({}, { restartPolicy: 'Never' }) };
  const manifest = { apiVersion: 'batch/v1', kind, metadata: { name }, spec: { template, ...spec } };
  return findingsIn(JSON.stringify(manifest))
    .filter(({ rule }) => rule === 'metadata-name')
    .map(({ message }) => message);
};

test('a Job has a name that its label can hold, unless its selector is given', () => {
  const long = 'a'.repeat(64);
  expect(named('Job', long)).toEqual([
    `the Job is named "${long}"; must be no more than 63 characters, as its label batch.kubernetes.io/job-name; rename it`,
  ]);
  expect(named('Job', long.slice(1))).toEqual([]);
  expect(named('Job', long, { manualSelector: true })).toEqual([]);
});

test('an Indexed Job has a name that is, with the last index behind it, the name of a host', () => {
  const indexed = { completionMode: 'Indexed', completions: 11 };
  const long = 'a'.repeat(61);
  expect(named('Job', long, indexed)).toEqual([
    `the Job is named "${long}"; the hostname of its last pod is "${long}-10": must be no more than 63 characters; rename it`,
  ]);
  expect(named('Job', 'a.b', { ...indexed, manualSelector: true })).toEqual([
    expect.stringContaining(
      'the Job is named "a.b"; the hostname of its last pod is "a.b-10": a lowercase RFC 1123 label',
    ),
  ]);
  expect(named('Job', long.slice(1), indexed)).toEqual([]);
  expect(named('Job', long, { ...indexed, completions: 10 })).toEqual([]);
  expect(named('Job', 'a.b', { ...indexed, completionMode: 'NonIndexed' })).toEqual([]);
});

test.each([
  ['Role', 'system:a B'],
  ['Secret', 'a.b-1'],
  ['Service', '1web'],
])('%s "%s" has a name that some supported version takes', (kind, name) => {
  const manifest = { apiVersion: 'v1', kind, metadata: { name, labels: { a: 'b' } } };
  expect(findingsIn(JSON.stringify(manifest)).filter(({ rule }) => rule === 'metadata-name')).toEqual([]);
});

test('the labels and annotations of every kind are looked at', () => {
  const metadata = { name: 'a', labels: { a: 'b c', d: 1 }, annotations: { 'e f': '' } };
  const manifest = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata };
  expect(findingsIn(JSON.stringify(manifest)).map(({ rule }) => rule)).toEqual(['field-type', 'labels', 'annotations']);
});

test('every boolean and every integer whose type is checked is found, and nothing else', () => {
  const wrong = (...names: string[]): object => Object.fromEntries([...names, 'other'].map((name) => [name, 'x']));
  const ids = ['runAsUser', 'runAsGroup'];
  const flags = ['runAsNonRoot', 'privileged', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem'];
  const numbers = ['initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'];
  const pod = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'terminationGracePeriodSeconds'];
  const volumes = ['configMap', 'secret', 'projected', 'downwardAPI'];
  const spec = withContainer(
    { securityContext: wrong(...flags, ...ids), startupProbe: wrong(...numbers, 'terminationGracePeriodSeconds') },
    { ...wrong(...pod), volumes: volumes.map((name) => ({ name, [name]: wrong('defaultMode') })) },
  );
  expect(messagesOf('field-type', spec).map((message) => / has (\S+) /.exec(message)?.[1])).toEqual([
    ...[...flags, ...ids].map((name) => `securityContext.${name}`),
    ...[...numbers, 'terminationGracePeriodSeconds'].map((name) => `startupProbe.${name}`),
    ...pod,
    ...volumes.map((name) => `${name}.defaultMode`),
  ]);
});

test.each([
  [{ volumes: [{ name: 'v', emptyDir: { sizeLimit: -1 } }] }, 'volume "v" has a sizeLimit of -1'],
  [
    {
      volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { resources: { requests: { storage: -1 } } } } } }],
    },
    'volumes[0] has a storage request of -1',
  ],
])('the size of a volume is a quantity too: %j', (spec, who) => {
  expect(messagesOf('quantity', spec)).toEqual([
    `${who}; must be greater than or equal to 0; leave out the minus, or the amount`,
  ]);
});

test.each<[string, boolean]>([
  ['undefined-db', true],
  ['db-undefined', true],
  ['NaN-db', true],
  ['db-undefined-tls', false],
  ['undefinedbehaviour', false],
])('a Secret called %s: whether a value was missing is %s', (secretName, isMissing) => {
  const spec = withContainer({}, { volumes: [{ name: 'a', secret: { secretName } }] });
  expect(messagesOf('undefined-text', spec)).toHaveLength(isMissing ? 1 : 0);
});

test.each<[string, boolean]>([
  ['r/undefined-app:1', true],
  ['undefined/app:1', true],
  ['r/app-undefined:1', true],
  ['r/app:1-undefined', true],
  ['r/app:null', true],
  ['r/an-undefined-app:1', false],
])('an image %s: whether a value was missing is %s', (image, isMissing) => {
  expect(messagesOf('undefined-text', withContainer({ image }))).toHaveLength(isMissing ? 1 : 0);
});

test('a name that three containers share is one finding', () => {
  const containers = ['a', 'a', 'a'].map((name) => ({ name, image }));
  expect(messagesOf('container-name-unique', { containers })).toEqual([
    'containers[0] and containers[1] and containers[2] share the name "a"; duplicate value: give each container a name of its own',
  ]);
});

test('each mismatch of a selector is named', () => {
  const manifest = {
    kind: 'Deployment',
    spec: {
      selector: {
        matchLabels: { app: 'web' },
        matchExpressions: [{ key: 'tier', operator: 'Exists' }],
      },
      template: { metadata: { labels: { app: 'api', old: 'x' } }, spec: withContainer({}) },
    },
  };
  const end = 'but its pods have "app=api", "old=x"; `selector` does not match template `labels`; make them the same';
  expect(findingsIn(JSON.stringify(manifest))).toEqual([
    finding('selector', `the Deployment selects app=web, ${end}`),
    finding('selector', `the Deployment selects "tier" "Exists", ${end}`),
  ]);
});

test('a Service that names a port nobody declares is told what its pods declare', () => {
  const service = {
    kind: 'Service',
    metadata: { name: 's' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'web', port: 80, targetPort: 'http' }] },
  };
  const pod = {
    kind: 'Pod',
    metadata: { name: 'p', labels: { app: 'web' } },
    spec: withContainer({ ports: [{ containerPort: 1, name: 'x' }] }),
  };
  expect(findingsIn([service, pod].map((manifest) => JSON.stringify(manifest)).join('\n---\n'))).toEqual([
    finding(
      'service-target-port',
      'port "web" sends to "http/TCP", but the pods of Pod "p" name "x/TCP"; name their port so, or give the number',
    ),
  ]);
});

describe('a Service that sends to a port of the loopback address', () => {
  const listeners = [{ container: 'app', port: 8080, protocol: 'TCP', address: '127.0.0.1' }];
  const sending = (servicePort: object, ...ports: object[]): string[] =>
    findingsIn(
      [
        { kind: 'Service', spec: { selector: { app: 'web' }, ports: [servicePort] } },
        { kind: 'Pod', metadata: { name: 'p', labels: { app: 'web' } }, spec: withContainer({ ports }) },
      ]
        .map((manifest) => JSON.stringify(manifest))
        .join('\n---\n'),
      { listeners },
    ).map(({ message }) => message);
  const wrong = (port: string): string =>
    `${port}, where container "app" listens on 127.0.0.1 only, but what comes through a Service comes to the pod's ` +
    'address, so it is refused; target a port that is open there, or say the address it does listen on';

  test('is found by number, by the port that is its target where none is given, and by name', () => {
    expect(sending({ name: 'web', port: 80, targetPort: 8080 })).toEqual([
      wrong('port "web" sends to 8080/TCP of Pod "p"'),
    ]);
    expect(sending({ port: 8080 })).toEqual([wrong('port 8080 sends to 8080/TCP of Pod "p"')]);
    // Kubernetes has 0 for what is not given.
    expect(sending({ port: 8080, targetPort: 0 })).toHaveLength(1);
    expect(sending({ port: 80, targetPort: 'http' }, { name: 'http', containerPort: 8080 })).toEqual([
      wrong('port 80 sends to 8080/TCP of Pod "p"'),
    ]);
  });

  test('is another one where the protocol or the number is', () => {
    expect(sending({ port: 8080, protocol: 'UDP' })).toEqual([]);
    expect(sending({ port: 8080, targetPort: 8081 })).toEqual([]);
    expect(sending({ port: 8080, targetPort: 'http' }, { name: 'http', containerPort: 80 })).toEqual([]);
  });
});

test.each([
  [['sleep', '31'], 31],
  [['/bin/sleep', '0.6m'], 36],
  [['sleep', '20', '20s'], 40],
  [['sh', '-c', 'sleep 40'], 40],
  [['/bin/bash', '-ec', ' sleep 20 && sleep 20; nginx -s quit'], 40],
  [['sh', '-c', 'echo waiting\n/bin/sleep 1h\nexit 0'], 3600],
])('%j sleeps longer than the 30 seconds there are', (command, seconds) => {
  expect(sleeping(...command)).toEqual([
    `container "app" sleeps ${seconds} seconds in its preStop hook, but the pod has 30 to end, and is killed then; ` +
      'sleep less, or raise terminationGracePeriodSeconds',
  ]);
});

test.each([
  [['sleep', '30']],
  [['sleep', '-100']],
  [['sleep', '$SECONDS']],
  [['sleep']],
  [['sh', '-c', 'sleep 60 &']],
  [['sh', '-c', 'timeout 5 sleep 60']],
  [['sh', '-c', 'while true; do sleep 60; done']],
  [['sh', '-c', 'if busy; then sleep 60; fi']],
  [['sh', '-c', 'exit 0; sleep 60']],
  [['sh', 'sleep 60']],
  [['sleepy', '60']],
  [[]],
])('%j does not, for all that can be said', (command) => {
  expect(sleeping(...command)).toEqual([]);
});

test('a negative grace period counts as one second', () => {
  const lifecycle = { preStop: { exec: { command: ['sleep', '2'] } } };
  expect(
    messagesOf('shutdown-grace', withContainer({ lifecycle }, { terminationGracePeriodSeconds: -5 })),
  ).toHaveLength(1);
  expect(messagesOf('field-type', withContainer({}, { terminationGracePeriodSeconds: -5 }))).toEqual([]);
});

test('but in a template the API server compares with the negative number', () => {
  const lifecycle = { preStop: { sleep: { seconds: 1 } } };
  const spec = withContainer({ lifecycle }, { terminationGracePeriodSeconds: -5 });
  const messagesFor = (manifest: object): string[] =>
    findingsIn(JSON.stringify(manifest))
      .filter(({ rule }) => rule === 'hook-sleep')
      .map(({ message }) => message);

  expect(messagesFor({ kind: 'Pod', spec })).toEqual([]);
  expect(messagesFor({ kind: 'Deployment', spec: { template: { spec } } })).toEqual([
    'container "app" sleeps 1 seconds in its preStop hook; must be non-negative and less than ' +
      'terminationGracePeriodSeconds (-5); sleep less, or raise that',
  ]);
});

test('who refuses two host ports on the host network is said: of a template it is only the pods', () => {
  const ports = [{ containerPort: 80 }];
  const spec = { hostNetwork: true, containers: ['a', 'b'].map((name) => ({ name, image: 'nginx:1.27', ports })) };
  const messagesFor = (manifest: object): string[] =>
    findingsIn(JSON.stringify(manifest))
      .filter(({ rule }) => rule === 'host-port-unique')
      .map(({ message }) => message.split(' so ')[1]);

  expect(messagesFor({ kind: 'Pod', spec })).toEqual(['the API server rejects it; give one of them another port']);
  expect(messagesFor({ kind: 'Deployment', spec: { template: { spec } } })).toEqual([
    'the API server takes the Deployment and rejects its pods; give one of them another port',
  ]);
});

test.each([
  [[0, 255, null], undefined],
  [[1, 256], 'must be a string, or bytes from 0 to 255; write it in base64'],
  [[-1], 'must be a string, or bytes from 0 to 255; write it in base64'],
  [[1.5], 'must be a string, or bytes from 0 to 255; write it in base64'],
  [['1'], 'must be a string, or bytes from 0 to 255; write it in base64'],
  [5, 'must be a string; write it in base64'],
])('binaryData of %j', (value, must) => {
  const configMap = { kind: 'ConfigMap', metadata: { name: 'a' }, binaryData: { key: value } } as unknown as Manifest;
  expect(checkConfigMap(configMap).map(({ message }) => message)).toEqual(
    must === undefined ? [] : [`the ConfigMap has binaryData.key ${JSON.stringify(value)}; ${must}`],
  );
});

test('rules can be picked, for pods, ConfigMaps and Services alike', () => {
  const template = { spec: { containers: [{ name: 'A', image: 'nginx' }] } };
  const subject = { kind: 'Pod', manifest: template, template, listeners: [] };
  expect(checkPod(subject, () => false)).toEqual([]);
  expect(checkPod(subject, ({ id }) => id === 'pinned-image').map(({ rule }) => rule)).toEqual(['pinned-image']);
  expect(checkPod(subject).map(({ rule }) => rule)).toEqual(['container-name']);
  const configMap = { kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 1 } } as unknown as Manifest;
  expect(checkConfigMap(configMap)).toHaveLength(1);
  expect(checkConfigMap(configMap, () => false)).toEqual([]);
  const service = { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } };
  const pods = [{ manifest: {}, template: { metadata: { labels: { app: 'web' } }, ...template }, listeners: [] }];
  expect(checkService({ manifest: service, pods })).toHaveLength(1);
  expect(checkService({ manifest: service, pods }, () => false)).toEqual([]);
});

test('every summary is a sentence, and every source an address', () => {
  for (const { summary, source } of RULES) {
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect(source).toMatch(
      /^https:\/\/(kubernetes\.io\/docs|github\.com\/(kubernetes|distribution)|developer\.mozilla\.org\/docs)\//,
    );
  }
});

test.each([
  ['a_b', 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
  ['a--b', 'must not contain consecutive hyphens'],
  ['-a', 'must not begin or end with a hyphen'],
  ['a-', 'must not begin or end with a hyphen'],
  ['1234', 'must contain at least one letter (a-z)'],
])('the port name %p %s', (name, problem) => {
  expect(messagesOf('port-name', withContainer({ ports: [{ containerPort: 1, name }] }))).toEqual([
    `container "app" names a port ${JSON.stringify(name)}; ${problem}; rename it`,
  ]);
});

test.each([
  ['/name', 'prefix part must be a lowercase RFC 1123 subdomain of at most 253 characters'],
  ['Example.com/name', 'prefix part must be a lowercase RFC 1123 subdomain of at most 253 characters'],
  ['a'.repeat(64), 'name part must be no more than 63 characters'],
  [
    'example.com/',
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ],
])('the label key %p has an invalid %s', (key, problem) => {
  const manifest = { kind: 'Pod', metadata: { labels: { [key]: '' } }, spec: withContainer({}) };
  expect(findingsIn(JSON.stringify(manifest))).toEqual([
    finding('labels', `the label ${JSON.stringify(key)} of the Pod has an invalid key; ${problem}; rename it`),
  ]);
});

test.each([
  ['apps/v1', 'DaemonSet', 'make it a regular container, or target 1.29 or later'],
  ['batch/v1', 'Job', 'target 1.29 or later'],
  ['batch/v1', 'CronJob', 'target 1.29 or later'],
  ['example.com/v1', 'Job', 'make it a regular container, or target 1.29 or later'],
])('what to do without native sidecars depends on the kind: %s %s', (apiVersion, kind, remedy) => {
  const initContainers = [{ name: 'proxy', image, restartPolicy: 'Always' }];
  const pods = { template: { spec: withContainer({}, { initContainers, restartPolicy: 'Never' }) } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: pods } } : pods;
  const manifest = { apiVersion, kind, metadata: { name: 'x' }, spec };
  const findings = findingsIn(JSON.stringify(manifest), { kubernetesVersion: '1.28' });
  expect(findings.filter(({ rule }) => rule === 'native-sidecar-version')).toEqual([
    finding(
      'native-sidecar-version',
      'container "proxy" is a native sidecar, but Kubernetes 1.28 has none unless the feature gate SidecarContainers ' +
        `is on; ${remedy}`,
    ),
  ]);
});

test('a Service looks at the pods that may be its own, not at all pods of a large app', () => {
  const count = 100;
  let looks = 0;
  const spec = { containers: [{ name: 'app', image, ports: [{ name: 'http', containerPort: 80 }] }] };
  const pods = Array.from({ length: count }, (_, index) => ({
    manifest: { kind: 'Pod', metadata: { name: `pod-${index}` } },
    template: {
      get metadata() {
        looks += 1;
        return { labels: { app: `app-${index}` } };
      },
      spec,
    },
    listeners: [],
  }));
  const findings = pods.flatMap((_, index) => {
    const ports = [{ port: 80, targetPort: index === 7 ? 'web' : 'http' }];
    return checkService({
      manifest: { kind: 'Service', metadata: { name: 'a' }, spec: { selector: { app: `app-${index}` }, ports } },
      pods,
    });
  });
  expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining('the pods of Pod "pod-7"')]);
  expect(looks).toBeLessThanOrEqual(2 * count);
});

function finding(rule: string, message: string): { rule: string; message: string } {
  return { rule, message };
}
