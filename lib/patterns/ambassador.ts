import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HelperProps } from '../contributions/helper-options';
import { quoteList } from '../values/text';
import { ENVIRONMENT, helperShape } from '../contributions/helper-shape';
import { entriesOf } from '../values/given-order';
import { duplicates } from '../values/duplicates';
import { lacksValue } from '../values/missing-value';
import { placeholdersIn, withPlaceholders } from '../values/placeholders';
import { checkedScope, enumOf, fields, kind, listOf, nested, port, text } from '../values/shape';
import { Helper } from './helper';

/** The transport protocol of a listener. */
export enum AmbassadorProtocol {
  /** TCP */
  TCP = 'TCP',
  /** UDP */
  UDP = 'UDP',
}

/** One port on which an ambassador takes the main container's connections, and where it takes them. */
export interface AmbassadorListener {
  /** The port on localhost. Two listeners on one port and protocol of the pod are an error. */
  readonly port: number;

  /**
   * The address it listens on, as far as the ambassador's own configuration says.
   *
   * @default '127.0.0.1'
   */
  readonly address?: string;

  /**
   * The transport protocol.
   *
   * @default AmbassadorProtocol.TCP
   */
  readonly protocol?: AmbassadorProtocol;

  /**
   * What it forwards to, as `host:port`; several with commas between them.
   *
   * It changes nothing in the manifest by itself: the ambassador forwards to where its own configuration says. It stands
   * for `{upstream}` in the ambassador's files, and a `WaitFor` for the same host and port starts before the ambassador.
   */
  readonly upstream: string;

  /**
   * Environment variables of the main container that send it to this listener. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ REDIS_URL: 'redis://{host}:{port}/0' }`. A backslash before the brace makes
   * it mean just that.
   *
   * They come before the main container's own, except that each stands behind all that it refers to with `$(NAME)` and
   * before all that refer to it; among themselves in the order in which they are given where the language keeps one
   * (TypeScript, JavaScript, Python), otherwise by name.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}

/** Properties of an ambassador. */
export interface AmbassadorProps extends HelperProps {
  /** What the ambassador listens on for the main container, and forwards to. */
  readonly listeners: AmbassadorListener[];
}

/**
 * The main container's way out: listens on localhost and forwards to a service elsewhere, so that the main container
 * need not know where that is, how to reach it, or what to do when it fails.
 *
 * In its files `{port}` and `{upstream}` stand for what its listener says, so that nothing is said twice; other braces
 * mean nothing, neither do `${port}` and `{{port}}`, and `\\{port}` is written as `{port}`. Where several listeners say
 * different things, the placeholder is an error.
 *
 * @example
 *
 * new Ambassador(deployment, 'db-proxy', {
 *   container: { name: 'db-proxy', image: 'registry.example/db-proxy:1.4.0' },
 *   listeners: [{ port: 5432, upstream: 'db.example:5432', env: { PGHOST: '{host}', PGPORT: '{port}' } }],
 *   files: [ConfigFiles.of({ 'proxy.conf': 'listen {port}\\nforward {upstream}\\n' }).at('/etc/db-proxy')],
 * });
 */
export class Ambassador extends Helper {
  /** What the ambassador listens on. */
  public readonly listeners: AmbassadorListener[];

  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the ambassador in the construct tree
   * @throws when the scope is no workload, a property is of the wrong type, nothing is listened on, a port is out of
   * range or taken twice, a variable has another placeholder than these two, a placeholder in a file could stand for
   * several listeners, or other contents were made of the same `ConfigFiles`; what clashes in the pod is reported at
   * synthesis
   */
  public constructor(scope: Construct, id: string, props: AmbassadorProps) {
    super(checkedScope(scope, id, props, AMBASSADOR), id);
    this.listeners = [...props.listeners];
    this._join(
      {
        helper: props,
        gatesStart: true,
        mainEnv: props.listeners.flatMap(environment),
        listeners: props.listeners.map(({ port, address, protocol }) => ({
          port,
          address: address ?? '127.0.0.1',
          protocol: protocol ?? AmbassadorProtocol.TCP,
        })),
        forwardsTo: props.listeners.flatMap(({ upstream }) => upstream.split(/[\s,]+/)),
      },
      (file) => this.filledIn(file),
    );
  }

  /** A file with what the listeners say for its placeholders. */
  private filledIn(file: string): string {
    const values = {
      port: [...new Set(this.listeners.map(({ port }) => String(port)))],
      upstream: [...new Set(this.listeners.map(({ upstream }) => upstream))],
    };
    for (const name of new Set(placeholdersIn(file))) {
      const candidates = name === 'port' || name === 'upstream' ? values[name] : [];
      if (candidates.length > 1) {
        throw new Error(
          `${this.node.path}: {${name}} in its files could be any of ${quoteList(candidates)}, as it has several ` +
            `listeners; write the one that is meant, or \\{${name}} for these very characters`,
        );
      }
    }
    return withPlaceholders(file, { port: values.port[0], upstream: values.upstream[0] });
  }
}

function environment({ env, port }: AmbassadorListener): k8s.EnvVar[] {
  return entriesOf(env ?? {}).map(([name, value]) => ({
    name,
    value: withPlaceholders(value, { host: 'localhost', port: String(port) }),
  }));
}

/** It may stand in a file only, whose text is not judged. */
const UPSTREAM = nested(
  text,
  kind('the host, which was missing', (value) => !lacksValue(value as string)),
);

const LISTENER = fields(
  { port, upstream: UPSTREAM },
  { address: text, protocol: enumOf('AmbassadorProtocol', AmbassadorProtocol), env: ENVIRONMENT },
);

const LISTENERS = nested(listOf('listeners', LISTENER), (value) => {
  const ports = (value as readonly AmbassadorListener[]).map(
    ({ port, protocol = AmbassadorProtocol.TCP }) => `${port}/${protocol}`,
  );
  return ports.length === 0
    ? ['an ambassador listens for the main container; give at least one listener']
    : duplicates(ports).map((port) => `two listeners have port ${port}; give each a port of its own`);
});

const AMBASSADOR = helperShape({ listeners: LISTENERS }, {});
