import { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ManifestApp, SharedVolume } from 'cdk8s-pod-patterns';
import { writeFileSync } from 'node:fs';

/** What examples take as given: whatever name of these one uses and does not declare itself. */
export function given() {
  const app = new ManifestApp();
  const chart = new Chart(app, 'shop');
  const labels = { app: 'web' };
  const deploymentProps = {
    metadata: { name: 'web', labels: { team: 'payments' } },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
      },
    },
  };
  const web = new k8s.KubeDeployment(chart, 'web', deploymentProps);
  const database = new ApiObject(chart, 'given-database', {
    apiVersion: 'databases.example/v1',
    kind: 'Database',
    metadata: { name: 'database' },
    spec: { podTemplate: { spec: { containers: [{ name: 'database', image: 'registry.example/database:9.2' }] } } },
  });
  const template = (name: string, image: string) => ({ spec: { containers: [{ name, image }] } });
  const rayCluster = new ApiObject(chart, 'given-ray-cluster', {
    apiVersion: 'ray.io/v1',
    kind: 'RayCluster',
    metadata: { name: 'ray' },
    spec: {
      headGroupSpec: { template: template('head', 'rayproject/ray:2.46.0') },
      workerGroupSpecs: [{ groupName: 'small', template: template('worker', 'rayproject/ray:2.46.0') }],
    },
  });
  const monitoring = new ApiObject(chart, 'given-prometheus', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'monitoring' },
    spec: { containers: [{ name: 'prometheus', image: 'quay.io/prometheus/prometheus:v3.4.1' }] },
  });
  const container = { name: 'log-shipper', image: 'registry.example/log-shipper:1.4.0' };
  const shares = [SharedVolume.emptyDir('logs').at('/var/log/nginx')];
  writeFileSync('vendor.yaml', JSON.stringify({ ...VENDOR, spec: deploymentProps.spec }));
  return {
    app,
    chart,
    web,
    deployment: web,
    database,
    rayCluster,
    monitoring,
    container,
    shares,
    props: { container, shares },
  };
}

const VENDOR = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'vendor' } };
