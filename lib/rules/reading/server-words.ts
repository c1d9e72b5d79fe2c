import { Finding } from '../../findings/finding';
import { Manifest } from '../../values/pod';
import { fieldsOf, quote, textOf } from './fields';

/** What the code of the API server says of a field, where cdk8s-kubernetes-validation asks it. */
export interface ServerFinding {
  /** The path of the field, for instance `spec.containers[0].name`; empty where it is about the whole object. */
  readonly field: string;
  readonly message: string;
}

/** Any field: the one that the finding names. */
const NAMED = /./;

/** Where the API server finds what a rule finds: the ends of its paths. */
export const SERVER_FIELDS: Readonly<Partial<Record<string, RegExp>>> = {
  'has-container': /\.containers$/,
  'container-name': /ontainers\[\d+\]\.name$/,
  'container-name-unique': /ontainers\[\d+\]\.name$|\.ephemeralContainers/,
  'image-required': /ontainers\[\d+\]\.image$/,
  'port-number': /\.ports\[\d+\]\.(containerPort|hostPort)$/,
  'port-name': /\.ports\[\d+\]\.name$/,
  'port-name-unique': /\.ports\[\d+\]\.name$/,
  'host-port-network': /\.hostPort$/,
  'host-port-unique': /\.hostPort$/,
  'volume-name': /\.volumes\[\d+\]\.name$/,
  'volume-name-unique': /\.volumes\[\d+\]\.name$/,
  'volume-source-unique': /\.volumes\[\d+\]\.\w+$/,
  'mount-volume': /\.volume(Mounts|Devices)\[\d+\]\.name$/,
  'mount-path': /\.mountPath$/,
  'sub-path': /\.subPath(Expr)?$/,
  'env-name': /\.env\[\d+\]\.name$/,
  'env-value-from': /\.env\[\d+\]\.valueFrom/,
  quantity: /\.(limits|requests)\b|\.sizeLimit$/,
  'request-limit': /\.resources\.(limits|requests)\b/,
  'probe-handler': /(liveness|readiness|startup)Probe(\.\w+)?$/,
  'probe-threshold': /\.successThreshold$/,
  'probe-port': /(Probe|postStart|preStop)\.\w+\.port$/,
  'init-probe': /\.initContainers\[\d+\]\.(\w+Probe|lifecycle)/,
  'hook-handler': /\.(postStart|preStop)$/,
  'hook-sleep': /\.sleep(\.seconds)?$/,
  'restart-policy': /\.restartPolicy$/,
  'metadata-name': /^metadata\.(name|namespace)$|^spec\.template\.labels$/,
  'field-type': NAMED,
  'unknown-field': NAMED,
  'field-value': NAMED,
  'required-field': NAMED,
  selector: /^spec\.(selector|template\.metadata\.labels)/,
  labels: /metadata\.labels/,
  annotations: /metadata\.annotations/,
  'cron-schedule': /^spec\.schedule$/,
  'privilege-escalation': /\.securityContext/,
  'config-map-key': /^(data|binaryData)\b/,
  'config-map-key-unique': /^(data|binaryData)\b/,
  'config-map-value': /^(data|binaryData)\b/,
  'config-map-size': /^(|data)$/,
  'service-ports': /^spec\.ports$/,
  'service-port-name': /^spec\.ports\[\d+\]\.name$/,
  'service-port-unique': /^spec\.ports\[\d+\](\.nodePort)?$/,
  'service-node-port': /^spec\.ports\[\d+\]\.nodePort$/,
  'service-target-port-value': /^spec\.ports\[\d+\]\.targetPort$/,
  'service-selector': /^spec\.selector$/,
  'service-cluster-ip': /^spec\.clusterIPs?/,
  'service-external-name': /^spec\.externalName$/,
};

/**
 * The findings of the rules and those of the API server on an object, those that say the same as one: the rule's remedy, and
 * behind it the server's own words.
 */
export function joinServerFindings(
  findings: readonly Finding[],
  said: readonly ServerFinding[],
  manifest: Manifest,
): Finding[] {
  // Two labels that the server sets to one value are one sentence twice.
  const rest = [...new Map(said.map((one) => [sentence(one), one])).values()];
  const joined = findings.map((finding) => {
    const index = rest.findIndex(({ field }) => isSame(finding, field, manifest));
    if (index < 0) {
      return finding;
    }
    const [same] = rest.splice(index, 1);
    return { ...finding, message: `${finding.message} (kube-apiserver: ${sentence(same)})` };
  });
  return [...joined, ...rest.map((other) => ({ rule: 'kube-apiserver', message: sentence(other) }))];
}

function isSame({ rule, message }: Finding, field: string, manifest: Manifest): boolean {
  const fields = SERVER_FIELDS[rule];
  const name = field.match(/[^.[\]]*[^.[\]\d][^.[\]]*/g)?.at(-1) ?? '';
  const isNamed = fields?.test(field) === true && (fields !== NAMED || message.includes(name));
  return isNamed && !isOfAnotherContainer(message, field, manifest);
}

/** Whether a finding names containers, and not the one that the field is in. */
function isOfAnotherContainer(message: string, field: string, manifest: Manifest): boolean {
  const path = /^.*ontainers\[\d+\]/.exec(field)?.[0];
  if (path === undefined || !/\bcontainers? "/.test(message)) {
    return false;
  }
  const container = path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => (Array.isArray(value) ? value[Number(step)] : fieldsOf(value)[step]), manifest);
  return !message.includes(quote(textOf(fieldsOf(container).name)));
}

function sentence({ field, message }: ServerFinding): string {
  const line = message.replace(/\s*\n\s*/g, ' ');
  return field === '' || line.startsWith(`${field}: `) ? line : `${field}: ${line}`;
}
