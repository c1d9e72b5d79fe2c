/**
 * One measurement in a process of its own, so that no other distorts it: `measure.ts <what> <charts>`. What takes long
 * is measured from outside; this prints, as JSON, what only the process itself knows.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ApiObject, App, Chart, Include } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ManifestApp, ManifestStyle, PodChecks, SharedVolume, Sidecar } from '../lib';
import { writeManifest } from '../lib/manifests/manifest-writer';
import { includedManifests } from './peers';

/** A user's app has an id of its own for each construct, and a name for each object. */
interface Names {
  readonly id: string;
  readonly name: string;
}

type Define = (chart: Chart, names: Names) => void;

/** Defines and synthesizes an app of so many charts; returns the share of the time that a part of it took, if any. */
type Measurement = (charts: number, outdir: string) => unknown;

const MEASUREMENTS: Record<string, Measurement> = {
  App: (charts, outdir) => {
    fill(new App({ outdir }), charts, byHand).synth();
  },
  'by hand': (charts, outdir) => {
    fill(new ManifestApp({ outdir }), charts, byHand).synth();
  },
  'by hand, one id': (charts, outdir) => {
    const one = { id: 'web', name: 'web' };
    fill(new ManifestApp({ outdir }), charts, (chart) => {
      byHand(chart, one);
    }).synth();
  },
  Sidecar: (charts, outdir) => {
    fill(new ManifestApp({ outdir }), charts, withSidecar).synth();
  },
  'workloads and Services': (charts, outdir) => {
    fill(new ManifestApp({ outdir }), charts, withService).synth();
  },
  'workloads and Services, all checked': (charts, outdir) => {
    const app = fill(new ManifestApp({ outdir }), charts, withService);
    PodChecks.of(app).checkAll();
    app.synth();
  },
  Include: (objects, outdir) => {
    include(new ManifestApp({ outdir }), objects, outdir);
  },
  'Include, all checked': (objects, outdir) => {
    const app = new ManifestApp({ outdir });
    PodChecks.of(app).checkAll();
    include(app, objects, outdir);
  },
  'share of YAML': (charts, outdir) => {
    const app = fill(new ManifestApp({ outdir }), charts, byHand);
    const all = userTime(() => {
      app.synth();
    });
    const objects = app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    const documents = objects.map((object) => object.toJson() as unknown);
    const style = new ManifestStyle();
    return userTime(() => documents.map((document) => writeManifest(document, [], style)).join('---\n')) / all;
  },
};

function userTime(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user;
}

function fill<T extends App>(app: T, charts: number, define: Define): T {
  for (let index = 0; index < charts; index++) {
    define(new Chart(app, `chart-${index}`), { id: `web-${index}`, name: `web-${index}` });
  }
  return app;
}

function include(app: ManifestApp, objects: number, folder: string): void {
  const url = path.join(folder, 'included.yaml');
  writeFileSync(url, includedManifests(objects));
  new Include(new Chart(app, 'vendor'), 'vendor', { url });
  app.synth();
}

const NGINX: k8s.Container = { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] };
const SHIPPER: k8s.Container = {
  name: 'log-shipper',
  image: 'fluent/fluent-bit:4.2.0',
  args: ['-i', 'tail', '-p', 'path=/var/log/nginx/access.log', '-o', 'stdout'],
};
const LOGS: k8s.VolumeMount = { name: 'logs', mountPath: '/var/log/nginx' };

/** A Deployment with a log shipper, as one writes it without this library. */
function byHand(chart: Chart, names: Names): void {
  const shipper = { ...SHIPPER, volumeMounts: [{ ...LOGS, readOnly: true }] };
  deployment(chart, names, {
    volumes: [{ name: 'logs', emptyDir: {} }],
    containers: [{ ...NGINX, volumeMounts: [LOGS] }, shipper],
  });
}

/** The same manifest, with the log shipper as a sidecar. */
function withSidecar(chart: Chart, names: Names): void {
  new Sidecar(deployment(chart, names, { containers: [NGINX] }), 'log-shipper', {
    container: SHIPPER,
    shares: [SharedVolume.emptyDir('logs').at('/var/log/nginx')],
  });
}

function deployment(chart: Chart, { id, name }: Names, spec: k8s.PodSpec): k8s.KubeDeployment {
  const labels = { app: name };
  return new k8s.KubeDeployment(chart, id, {
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
}

/** A workload and its Service, with kinds by turns. */
function withService(chart: Chart, names: Names): void {
  const { name } = names;
  if (Number(name.slice('web-'.length)) % 4 > 0) {
    byHand(chart, names);
  } else {
    const labels = { app: name };
    new k8s.KubeStatefulSet(chart, names.id, {
      metadata: { name },
      spec: {
        serviceName: name,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'db', image: 'postgres:17', ports: [{ containerPort: 5432 }] }] },
        },
      },
    });
  }
  new k8s.KubeService(chart, `${names.id}-service`, {
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  });
}

const [what, count] = process.argv.slice(2);
// In memory where there is such a file system: disks are slow and fast by turns.
const outdir = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bench-'));
try {
  const share = MEASUREMENTS[what](Number(count), outdir) ?? undefined;
  console.log(JSON.stringify({ share, megabytes: process.resourceUsage().maxRSS / 1024 }));
} finally {
  rmSync(outdir, { recursive: true });
}
