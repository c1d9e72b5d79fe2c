import { Duration } from 'cdk8s';

/** A message of a type of its own, where Envoy takes any. */
export function typed(type: string, fields: object = {}): object {
  return { '@type': `type.googleapis.com/envoy.${type}`, ...fields };
}

export function socket(address: string, port: number): object {
  return {
    socket_address: {
      address,
      port_value: port,
      // The one address that is for both families.
      ...(address === '::' && { ipv4_compat: true }),
    },
  };
}

export function seconds(duration: Duration): string {
  return `${duration.toMilliseconds() / 1000}s`;
}
