import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { isRecord } from '../../values/record';
import { shown } from '../../values/shape';
import { HaproxyServer } from './haproxy-settings';

/** The Services of an app by name, as they are for those who ask in one pass of its validations. */
interface Pass {
  readonly asked: Set<IConstruct>;
  readonly services: ReadonlyMap<string, readonly ApiObject[]>;
}

const passes = new WeakMap<IConstruct, Pass>();

/**
 * What is wrong with servers that are looked up once, at the start of HAProxy: the addresses behind the name of a headless
 * Service are those of pods, and HAProxy would never find the pods that come after them.
 *
 * @param object an object in the pod's namespace
 */
export function headlessProblems(helper: IConstruct, object: ApiObject, servers: readonly HaproxyServer[]): string[] {
  const services = servicesFor(helper);
  return servers.flatMap(({ name, host }) => {
    const service = headlessService(services, object, host);
    return service
      ? [
          `server ${shown(name)} is at ${shown(host)}, which HAProxy looks up at its start only, and ${service.node.path} ` +
            'is a headless Service, whose pods take their addresses with them when they are replaced; give ' +
            '"resolveAtRuntime: true" with the full name, such as db.shop.svc.cluster.local, or the Service a cluster IP',
        ]
      : [];
  });
}

function headlessService(services: Pass['services'], object: ApiObject, host: string): ApiObject | undefined {
  const labels = host.toLowerCase().split('.');
  // The name of a Service, or of one of its pods.
  const found = [labels, labels.slice(1)].flatMap(([name = '', namespace, svc = 'svc']) =>
    svc === 'svc'
      ? (services.get(name) ?? []).filter(
          ({ metadata }) => metadata.namespace === (namespace || object.metadata.namespace),
        )
      : [],
  );
  // Charts may be for one cluster each: Services of other charts count where the pod's own has none.
  const own = found.filter((service) => service.chart === object.chart);
  const meant = own.length > 0 ? own : found;
  return meant.every(isHeadless) ? meant.at(0) : undefined;
}

/** Looked for once for all who ask: who asks a second time does so in another pass. */
function servicesFor(helper: IConstruct): Pass['services'] {
  const { root } = helper.node;
  let pass = passes.get(root);
  if (!pass || pass.asked.has(helper)) {
    const services = new Map<string, ApiObject[]>();
    for (const object of root.node.findAll()) {
      if (ApiObject.isApiObject(object) && object.kind === 'Service' && object.apiGroup === 'core') {
        services.set(object.name, [...(services.get(object.name) ?? []), object]);
      }
    }
    pass = { asked: new Set(), services };
    passes.set(root, pass);
  }
  pass.asked.add(helper);
  return pass.services;
}

function isHeadless(service: ApiObject): boolean {
  try {
    const { spec } = service.toJson() as { spec?: unknown };
    return isRecord(spec) && spec.clusterIP === 'None';
  } catch {
    // What it cannot render it says itself.
    return false;
  }
}
