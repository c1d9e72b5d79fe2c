/** What Helm and Kustomize are given, to make the manifests that `measure.ts` makes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

function deployment(name: string, rest = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
${rest === '' ? '' : '      volumes:\n      - name: logs\n        emptyDir: {}\n'}      containers:
      - name: nginx
        image: nginx:1.27
        ports:
        - containerPort: 80
${rest}`;
}

const SHIPPER = `        volumeMounts:
        - name: logs
          mountPath: /var/log/nginx
      - name: log-shipper
        image: fluent/fluent-bit:4.2.0
        args:
        - -i
        - tail
        - -p
        - path=/var/log/nginx/access.log
        - -o
        - stdout
        volumeMounts:
        - name: logs
          mountPath: /var/log/nginx
          readOnly: true
`;

function writeAll(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

/** A kustomization that adds the log shipper to so many Deployments by a patch. */
export function kustomization(folder: string, count: number): string {
  const names = Array.from({ length: count }, (_, index) => `web-${index}`);
  return writeAll(folder, {
    'deployments.yaml': names.map((name) => deployment(name)).join('---\n'),
    'patch.yaml': deployment('any', SHIPPER)
      .replace(/ {2}selector:\n.*\n.*\n/, '')
      .replace(/ {4}metadata:\n.*\n.*\n/, '')
      .replace(/ {8}image: nginx.*\n {8}ports:\n.*\n/, ''),
    'kustomization.yaml': `resources:
- deployments.yaml
patches:
- path: patch.yaml
  target:
    kind: Deployment
`,
  });
}

/** A Helm chart that has the log shipper in its template, for as many Deployments as the value `count` says. */
export function helmChart(folder: string): string {
  return writeAll(folder, {
    'Chart.yaml': 'apiVersion: v2\nname: bench\nversion: 0.1.0\n',
    'templates/deployments.yaml': `{{- range $index := until (int .Values.count) }}
---
${deployment('web-{{ $index }}', SHIPPER)}{{- end }}
`,
  });
}

/** Manifests as vendors ship them: kinds by turns, files in ConfigMaps, many fields. */
export function includedManifests(count: number): string {
  const file = Array.from({ length: 40 }, (_, line) => `setting-${line} = "value ${line}" # as shipped`).join('\n    ');
  const kinds = [
    (name: string) => deployment(name, SHIPPER),
    (name: string) => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  annotations:
    prometheus.io/scrape: "true"
spec:
  type: ClusterIP
  selector:
    app: ${name}
  ports:
  - name: http
    port: 80
    targetPort: 80
`,
    (name: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  app.conf: |
    ${file}
`,
    (name: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${name}
rules:
- apiGroups: [""]
  resources: [pods, services, endpoints, persistentvolumeclaims, events, configmaps, secrets]
  verbs: ["*"]
`,
  ];
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length](`vendor-${index}`)).join('---\n');
}
