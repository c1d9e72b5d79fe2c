import * as fc from 'fast-check';
import { Finding } from '../../lib/findings/finding';
import { Manifest, PodTemplate } from '../../lib/values/pod';
import { POD_RULES, RULES, checkConfigMap, checkPod, checkService } from '../../lib/rules';

const all = (): boolean => true;

const FIELDS = [
  ...['metadata', 'labels', 'annotations', 'spec', 'selector', 'matchLabels', 'matchExpressions', 'key', 'operator'],
  ...['values', 'template', 'containers', 'initContainers', 'ephemeralContainers', 'volumes', 'volumeClaimTemplates'],
  ...['name', 'image', 'ports', 'containerPort', 'hostPort', 'hostIP', 'protocol', 'env', 'value', 'valueFrom'],
  ...['volumeMounts', 'volumeDevices', 'mountPath', 'subPath', 'configMap', 'secret', 'projected', 'sources', 'items'],
  ...['path', 'serviceAccountToken', 'resources', 'limits', 'requests', 'memory', 'cpu', 'livenessProbe', 'httpGet'],
  ...['startupProbe', 'port', 'successThreshold', 'lifecycle', 'preStop', 'exec', 'command', 'sleep', 'seconds'],
  ...['restartPolicy', 'hostNetwork', 'terminationGracePeriodSeconds', 'securityContext', 'runAsNonRoot', 'runAsUser'],
  ...['capabilities', 'add', 'drop', 'seccompProfile', 'type', 'seLinuxOptions', 'sysctls', 'os', 'hostUsers'],
  ...['command', 'args', 'imagePullPolicy', 'emptyDir', 'sizeLimit', 'defaultMode', 'readOnly', 'periodSeconds'],
  ...['data', 'binaryData', 'targetPort', 'kind', 'namespace', '__proto__', 'constructor', 'toString'],
];

/** JSON whose objects have the fields that rules read, so that random values get deep into them. */
const podJson = fc.letrec<{ value: unknown; leaf: unknown; list: unknown; object: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      80,
      1e300,
      '',
      '/',
      '..',
      'a',
      'Always',
      'TCP',
      '1Gi',
      '1e999999999',
      'sleep',
    ),
    fc.string(),
    fc.jsonValue({ maxDepth: 1 }),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 8 }),
  value: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, tie('leaf'), tie('list'), tie('object')),
})).value;

/** The value, with lists where a pod has its most important ones. */
const podSpec = fc.record({
  containers: fc.oneof(podJson, fc.array(podJson, { maxLength: 3 })),
  initContainers: fc.oneof(podJson, fc.array(podJson, { maxLength: 3 })),
  volumes: fc.oneof(podJson, fc.array(podJson, { maxLength: 3 })),
  securityContext: podJson,
  hostNetwork: fc.oneof(fc.boolean(), podJson),
});

const template = fc.oneof(podJson, fc.record({ metadata: podJson, spec: fc.oneof(podJson, podSpec) }));

const kind = fc.constantFrom('Pod', 'Deployment', 'StatefulSet', 'Job', 'Rollout', '');

test('no value whatsoever makes a rule for pods throw, or say anything else than sentences', () => {
  fc.assert(
    fc.property(
      template,
      podJson,
      kind,
      fc.constantFrom(undefined, '1.28', '1.35', 'x'),
      (value, manifest, of, kubernetesVersion) => {
        const listeners = [{ container: 'a', port: 80, protocol: 'TCP', address: '127.0.0.1' }];
        const subject = {
          kind: of,
          manifest: manifest as Manifest,
          template: value as PodTemplate,
          listeners,
          kubernetesVersion,
        };
        for (const { rule, message } of checkPod(subject, all)) {
          expect(POD_RULES.map(({ id }) => id)).toContain(rule);
          expect(message).not.toMatch(/undefined|\[object|\.$|\n/);
          // In quotes stands what the manifest holds, and that can be "NaN".
          expect(message.replace(/"(\\.|[^"\\])*"/g, '""')).not.toMatch(/NaN/);
        }
      },
    ),
    { numRuns: 1000, examples: [[null, null, 'Pod', undefined]] },
  );
});

/** Values that are wrong in one field or another. */
const someValue = fc.constantFrom('..', 'a', 'Always', 80, 0, true);

/** A container that has some of the fields that rules are about. */
const container = fc.record(
  {
    name: someValue,
    ports: listOf('name', 'containerPort', 'hostPort', 'protocol'),
    volumeMounts: listOf('name', 'mountPath', 'subPath', 'subPathExpr', 'readOnly'),
    volumeDevices: listOf('name'),
    restartPolicy: someValue,
    securityContext: fc.record({ runAsNonRoot: someValue, runAsUser: someValue }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

function listOf(...fields: string[]): fc.Arbitrary<object[]> {
  return fc.array(fc.dictionary(fc.constantFrom(...fields), someValue), { minLength: 1, maxLength: 2 });
}

const pod = fc.record(
  {
    containers: fc.array(container, { maxLength: 2 }),
    initContainers: fc.array(container, { maxLength: 1 }),
    volumes: listOf('name', 'emptyDir', 'configMap', 'secret', 'projected'),
    securityContext: fc.record({ runAsNonRoot: someValue, runAsUser: someValue }, { requiredKeys: [] }),
    hostNetwork: fc.boolean(),
  },
  { requiredKeys: ['containers'] },
);

test('what is found is what every rule finds: those that are left out, as no field is there for them, find nothing', () => {
  fc.assert(
    fc.property(pod, kind, fc.constantFrom(undefined, '1.28'), (spec, of, kubernetesVersion) => {
      const subject = {
        kind: of,
        manifest: {},
        template: { spec } as PodTemplate,
        listeners: [{ container: 'a', port: 80, protocol: 'TCP' }],
        kubernetesVersion,
      };
      const found: Finding[] = [];
      for (const rule of POD_RULES) {
        rule.check(subject, (message) => found.push({ rule: rule.id, message }));
      }

      expect(checkPod(subject, all)).toEqual(found);
    }),
    { numRuns: 5000 },
  );
});

test('no value whatsoever makes a rule for ConfigMaps or Services throw', () => {
  fc.assert(
    fc.property(podJson, podJson, template, (manifest, other, value) => {
      checkConfigMap(manifest as Manifest);
      checkConfigMap({ data: manifest, binaryData: other });
      const listeners = [{ container: 'a', port: 80, protocol: 'TCP', address: '127.0.0.1' }];
      const pod = { manifest: other as Manifest, template: value as PodTemplate, listeners };
      checkService({ manifest: manifest as Manifest, pods: [pod] });
      checkService({
        manifest: { spec: { selector: { a: 'a' }, ports: manifest } },
        pods: [{ ...pod, template: { metadata: { labels: { a: 'a' } }, spec: value } as PodTemplate }],
      });
    }),
  );
});

test('the same pod gives the same findings in the same order, and stays as it is', () => {
  fc.assert(
    fc.property(podSpec, (spec) => {
      const before = structuredClone(spec);
      const check = (): unknown =>
        checkPod({ kind: 'Pod', manifest: {}, template: { spec } as PodTemplate, listeners: [] }, all);
      expect(check()).toEqual(check());
      expect(spec).toEqual(before);
    }),
  );
});

test('no two rules have one id', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
});
