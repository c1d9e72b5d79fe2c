/**
 * One measurement in a process of its own, so that no other distorts it: `measure.ts <what> <charts>`.
 * Prints JSON: milliseconds on the clock, and the peak memory of the process.
 */
import { existsSync, mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';
import { ApiObject, App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ManifestApp, ManifestStyle, SharedVolume, Sidecar } from '../lib';
import { KubernetesValidation } from '../packages/cdk8s-kubernetes-validation/lib';
import { writeManifest } from '../lib/manifests/manifest-writer';

/** What can be measured: prepares an app of so many charts, and returns what to time. */
const MEASUREMENTS: Record<string, (charts: number, outdir: string) => () => void> = {
  App: (charts, outdir) => {
    const app = fill(new App({ outdir }), charts, byHand);
    return () => {
      app.synth();
    };
  },
  ManifestApp: (charts, outdir) => {
    const app = fill(new ManifestApp({ outdir }), charts, byHand);
    return () => {
      app.synth();
    };
  },
  'by hand': (charts, outdir) => () => {
    fill(new ManifestApp({ outdir }), charts, byHand).synth();
  },
  Sidecar: (charts, outdir) => () => {
    fill(new ManifestApp({ outdir }), charts, withSidecar).synth();
  },
  // Of one chart the verdict is that on the first object: the module is loaded for it.
  KubernetesValidation: (charts, outdir) => {
    const app = fill(new ManifestApp({ outdir }), charts, byHand);
    const objects = app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    const manifests = objects.map((object) => object.toJson() as unknown);
    return () => {
      manifests.forEach((manifest) => KubernetesValidation.judge(manifest));
    };
  },
  YAML: (charts, outdir) => {
    const app = fill(new ManifestApp({ outdir }), charts, byHand);
    const objects = app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    const documents = objects.map((object) => object.toJson() as unknown);
    const style = new ManifestStyle();
    return () => {
      documents.forEach((document) => writeManifest(document, [], style));
    };
  },
};

function fill<T extends App>(app: T, charts: number, defineWorkload: (chart: Chart) => void): T {
  for (let index = 0; index < charts; index++) {
    defineWorkload(new Chart(app, `chart-${index}`));
  }
  return app;
}

/** A Deployment with a log shipper, as one writes it without this library. */
function byHand(chart: Chart): void {
  const labels = { app: 'web' };
  new k8s.KubeDeployment(chart, 'web', {
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          volumes: [{ name: 'logs', emptyDir: {} }],
          containers: [
            {
              name: 'nginx',
              image: 'nginx:1.27',
              ports: [{ containerPort: 80 }],
              volumeMounts: [{ name: 'logs', mountPath: '/var/log/nginx' }],
            },
            {
              name: 'log-shipper',
              image: 'busybox',
              command: ['sh', '-c', 'tail -F /var/log/nginx/access.log'],
              volumeMounts: [{ name: 'logs', mountPath: '/var/log/nginx', readOnly: true }],
            },
          ],
        },
      },
    },
  });
}

/** The same manifest, with the log shipper as a sidecar. */
function withSidecar(chart: Chart): void {
  const labels = { app: 'web' };
  const web = new k8s.KubeDeployment(chart, 'web', {
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
      },
    },
  });
  new Sidecar(web, 'log-shipper', {
    container: {
      name: 'log-shipper',
      image: 'busybox',
      command: ['sh', '-c', 'tail -F /var/log/nginx/access.log'],
    },
    shares: [SharedVolume.emptyDir('logs').at('/var/log/nginx')],
  });
}

const [what, charts] = process.argv.slice(2);
// In memory where there is such a file system: disks are slow and fast by turns.
const outdir = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bench-'));
try {
  const run = MEASUREMENTS[what](Number(charts), outdir);
  const start = performance.now();
  run();
  const milliseconds = performance.now() - start;
  console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
} finally {
  rmSync(outdir, { recursive: true });
}
